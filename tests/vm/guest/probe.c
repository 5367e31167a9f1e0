/*
 * probe FILE OUT: the innocent process. Every 20 ms it touches a part of 32 MiB of its own memory and reads one page of a 64 MiB file
 * through a mapping; nothing of it is locked. A stall is the time by which a turn ended later than the next turn was due. On SIGTERM it
 * writes OUT: turns, and every stall above 1 ms as "start length", in microseconds of the monotonic clock.
 */
#include "bed.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { period_usec = 20000, noted_usec = 1000, capacity = 16384, own_mib = 32, file_mib = 64, pages_per_turn = 256 };

static volatile sig_atomic_t asked_to_stop;

struct stall {
    int64_t start_usec, length_usec;
};

static struct stall stalls[capacity];

static void on_term(int number)
{
    (void)number;
    asked_to_stop = 1;
}

static int write_report(const char *path, long turns, int count)
{
    FILE *out = fopen(path, "w");
    if (!out)
        die(path);
    fprintf(out, "turns=%ld\n", turns);
    for (int i = 0; i < count; i++)
        fprintf(out, "stall=%lld %lld\n", (long long)stalls[i].start_usec, (long long)stalls[i].length_usec);
    return fclose(out);
}

int probe_main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    size_t file_bytes = file_mib * MIB;
    int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    volatile const unsigned char *mapped = file < 0 ? MAP_FAILED : mmap(NULL, file_bytes, PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED)
        die(argv[1]);
    signal(SIGTERM, on_term);

    size_t own_bytes = own_mib * MIB;
    unsigned char *own = map_anonymous(own_bytes);
    dirty_pages(own, own_bytes);
    size_t own_at = 0, file_page = 0;
    long turns = 0;
    int count = 0;
    int64_t due = monotonic_usec();
    while (!asked_to_stop) {
        for (int i = 0; i < pages_per_turn; i++, own_at = (own_at + PAGE) % own_bytes)
            own[own_at]++;
        /* A stride prime to the number of pages visits all of them, far enough apart that readahead does not do the reading. */
        file_page = (file_page + 4999) % (file_bytes / PAGE);
        (void)mapped[file_page * PAGE];
        turns++;
        int64_t now = monotonic_usec();
        int64_t late = now - (due + period_usec);
        if (late > 0) {
            if (late > noted_usec && count < capacity)
                stalls[count++] = (struct stall){due, late};
            due = now;
        } else {
            due += period_usec;
            sleep_until_usec(due);
        }
    }
    return write_report(argv[2], turns, count);
}
