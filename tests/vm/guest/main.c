/*
 * The guest program: one static binary, installed once per name, that runs the command it is called as. So every workload has its own
 * comm and executable, as real programs have, and a kernel trace tells them apart.
 *
 *   leak MIB_PER_SECOND [ignore-term|leaderless]  grows for ever  fill PERMILLE MIB_PER_SECOND   fills to that availability, then idles
 *   spike MIB                           grows at full speed       ballast MIB                    holds that much, touched now and then
 *   hotset MIB                          touches it at random      swapfill MIB                   swaps itself out, then idles
 *   hogs COUNT MIB                      children of that size     tmpfill FILE MIB               writes a file, then idles
 *   copier FROM TO                      copies a file             reader FILE                    reads it at random
 *   mapper FILE MIB                     that much of it, mapped   breather MIB MIB MIB           up, down, up, down, then idles
 *   builder JOBS SECONDS                short-lived children      crasher MIB                    holds that much, then fails
 *   sharers COUNT MIB                   hold the same memory      reuser MIB                     its child's pid is used again
 *   stuck MIB FILE                      holds it, then writes
 *   probe FILE OUT                      the innocent process      watch ...                      samples memory and the signal trace
 */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"leak", leak_main},       {"spike", spike_main},       {"hotset", hotset_main}, {"hogs", hogs_main},
    {"fill", fill_main},       {"ballast", ballast_main},   {"swapfill", swapfill_main}, {"tmpfill", tmpfill_main},
    {"copier", copier_main},   {"reader", reader_main},     {"mapper", mapper_main}, {"breather", breather_main},
    {"builder", builder_main}, {"crasher", crasher_main},   {"bomb", bomb_main},     {"mark", mark_main},
    {"sharers", sharers_main}, {"reuser", reuser_main},     {"stuck", stuck_main},
    {"probe", probe_main},     {"watch", watch_main},
};

int64_t monotonic_usec(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void sleep_until_usec(int64_t when_usec)
{
    struct timespec when = {when_usec / 1000000, when_usec % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR) {
        if (when_usec <= monotonic_usec())
            return;
    }
}

void die(const char *what)
{
    perror(what);
    exit(3);
}

long number(const char *text)
{
    char *end;
    long value = text ? strtol(text, &end, 10) : -1;
    if (!text || *end || value < 0) {
        fprintf(stderr, "a number is needed where '%s' stands\n", text ? text : "nothing");
        exit(2);
    }
    return value;
}

size_t read_text(int descriptor, char *text, size_t capacity)
{
    ssize_t length = pread(descriptor, text, capacity - 1, 0);
    size_t kept = length > 0 ? (size_t)length : 0;
    text[kept] = 0;
    return kept;
}

long long field(const char *text, const char *key)
{
    const char *found = strstr(text, key);
    return found ? strtoll(found + strlen(key), NULL, 10) : -1;
}

long available_user_permille(const char *meminfo)
{
    long long available = field(meminfo, "MemAvailable:");
    long long anonymous = field(meminfo, "AnonPages:");
    return available + anonymous > 0 ? (long)(available * 1000 / (available + anonymous)) : 1000;
}

void *map_anonymous(size_t bytes)
{
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        die("mmap");
    /* Huge pages would make a page touched cost a page or five hundred, as luck has it. */
    madvise(start, bytes, MADV_NOHUGEPAGE);
    return start;
}

void dirty_pages(unsigned char *start, size_t bytes)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    for (size_t page = 0; page < bytes; page += PAGE) {
        /* 1 KiB of noise a page: what a compressor makes of it still fills the page's share of zram, at a quarter of the time. */
        uint64_t *words = (uint64_t *)(start + page);
        for (size_t word = 0; word < PAGE / 8; word += 4) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            words[word] = state;
        }
    }
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (!strcmp(name, commands[i].name))
            return commands[i].run(argc, argv);
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        puts(commands[i].name);
    return argc > 1 && !strcmp(argv[1], "--list") ? 0 : 2;
}
