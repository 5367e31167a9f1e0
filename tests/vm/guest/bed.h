/* Shared by the parts of the guest program: see main.c for the list of commands. */
#ifndef BED_H
#define BED_H

#include <stddef.h>
#include <stdint.h>

#define MIB (1024UL * 1024UL)
#define PAGE 4096UL

/* CLOCK_MONOTONIC, the clock that the kernel's log, the journal and the signal trace also tell. */
int64_t monotonic_usec(void);
void sleep_until_usec(int64_t when_usec);

/* Ends the program with a message that names what failed and errno's meaning. */
void die(const char *what) __attribute__((noreturn));

/* An argument as a positive number, or the end of the program. */
long number(const char *text);

/* Reads a small file whole into `text`, always NUL-terminated; 0 when it cannot be read. */
size_t read_text(int descriptor, char *text, size_t capacity);

/* The number after `key` in a text of "key value" or "key=value" words, or -1. */
long long field(const char *text, const char *key);

/* MemAvailable / (MemAvailable + AnonPages), in thousandths: mem.available_user, earlyoom's measure. */
long available_user_permille(const char *meminfo);

void *map_anonymous(size_t bytes);

/* Fills pages with bytes that no compressor shrinks, so that zram and swap hold what the program says they hold. */
void dirty_pages(unsigned char *start, size_t bytes);

int leak_main(int argc, char **argv);
int spike_main(int argc, char **argv);
int hotset_main(int argc, char **argv);
int hogs_main(int argc, char **argv);
int fill_main(int argc, char **argv);
int ballast_main(int argc, char **argv);
int swapfill_main(int argc, char **argv);
int tmpfill_main(int argc, char **argv);
int copier_main(int argc, char **argv);
int reader_main(int argc, char **argv);
int mapper_main(int argc, char **argv);
int breather_main(int argc, char **argv);
int builder_main(int argc, char **argv);
int crasher_main(int argc, char **argv);
int bomb_main(int argc, char **argv);
int sharers_main(int argc, char **argv);
int reuser_main(int argc, char **argv);
int stuck_main(int argc, char **argv);
int mark_main(int argc, char **argv);
int probe_main(int argc, char **argv);
int watch_main(int argc, char **argv);

#endif
