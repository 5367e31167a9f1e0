/* The workloads: what real programs do to a machine, one at a time. */
#define _GNU_SOURCE
#include "bed.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

/* Touches `total` bytes at that rate at most, a MiB at a time; what a stall cost it does not catch up. */
static void grow(unsigned char *start, size_t total, long mib_per_second)
{
    int64_t interval = 1000000 / (mib_per_second > 0 ? mib_per_second : 1);
    int64_t due = monotonic_usec();
    for (size_t done = 0; done + MIB <= total; done += MIB) {
        dirty_pages(start + done, MIB);
        due += interval;
        if (due > monotonic_usec())
            sleep_until_usec(due);
        else
            due = monotonic_usec();
    }
}

static void idle(void)
{
    for (;;)
        pause();
}

static void *leak(void *rate)
{
    size_t total = 64UL * 1024 * MIB;
    unsigned char *memory = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    madvise(memory, total, MADV_NOHUGEPAGE);
    grow(memory, total, (long)(intptr_t)rate);
    return NULL;
}

int leak_main(int argc, char **argv)
{
    void *rate = (void *)(intptr_t)number(argc > 1 ? argv[1] : NULL);
    if (argc > 2 && !strcmp(argv[2], "ignore-term"))
        signal(SIGTERM, SIG_IGN);
    if (argc > 2 && !strcmp(argv[2], "leaderless")) {
        pthread_t other;
        if (pthread_create(&other, NULL, leak, rate))
            die("pthread_create");
        pthread_exit(NULL);
    }
    leak(rate);
    return 0;
}

int spike_main(int argc, char **argv)
{
    size_t bytes = (size_t)number(argc > 1 ? argv[1] : NULL) * MIB;
    unsigned char *memory = map_anonymous(bytes);
    /* One word a page: the speed of a page fault, not of a generator of noise. */
    for (size_t page = 0; page < bytes; page += PAGE)
        memory[page] = 1;
    idle();
    return 0;
}

int hotset_main(int argc, char **argv)
{
    size_t pages = (size_t)number(argc > 1 ? argv[1] : NULL) * MIB / PAGE;
    unsigned char *memory = map_anonymous(pages * PAGE);
    uint64_t state = 88172645463325252;
    dirty_pages(memory, pages * PAGE);
    for (;;) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memory[state % pages * PAGE]++;
    }
}

static void hog_child(int index, size_t bytes)
{
    char name[16];
    snprintf(name, sizeof name, "hog%d", index);
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    unsigned char *memory = map_anonymous(bytes);
    grow(memory, bytes, 4);
    for (;;) {
        for (size_t page = 0; page < bytes; page += PAGE)
            memory[page]++;
        sleep_until_usec(monotonic_usec() + 200000);
    }
}

int hogs_main(int argc, char **argv)
{
    long count = number(argc > 1 ? argv[1] : NULL);
    size_t bytes = (size_t)number(argc > 2 ? argv[2] : NULL) * MIB;
    for (long i = 0; i < count; i++) {
        pid_t child = fork();
        if (child < 0)
            die("fork");
        if (child == 0)
            hog_child((int)i, bytes);
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}

int fill_main(int argc, char **argv)
{
    long target = number(argc > 1 ? argv[1] : NULL);
    long rate = number(argc > 2 ? argv[2] : NULL);
    int meminfo = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    char text[4096];
    for (;;) {
        read_text(meminfo, text, sizeof text);
        if (available_user_permille(text) <= target)
            idle();
        dirty_pages(map_anonymous(MIB), MIB);
        sleep_until_usec(monotonic_usec() + 1000000 / (rate > 0 ? rate : 1));
    }
}

int ballast_main(int argc, char **argv)
{
    size_t bytes = (size_t)number(argc > 1 ? argv[1] : NULL) * MIB;
    unsigned char *memory = map_anonymous(bytes);
    dirty_pages(memory, bytes);
    for (;;) {
        sleep_until_usec(monotonic_usec() + 500000);
        for (size_t page = 0; page < bytes / 8; page += PAGE)
            memory[page]++;
    }
}

int swapfill_main(int argc, char **argv)
{
    long mib = number(argc > 1 ? argv[1] : NULL);
    for (long done = 0; done < mib; done++) {
        unsigned char *chunk = map_anonymous(MIB);
        dirty_pages(chunk, MIB);
        if (madvise(chunk, MIB, MADV_PAGEOUT))
            die("madvise");
    }
    idle();
    return 0;
}

/* Writes `bytes` into a new file; the descriptor stays open at offset 0. */
static int write_file(const char *path, size_t bytes)
{
    static unsigned char chunk[MIB];
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        die(path);
    dirty_pages(chunk, sizeof chunk);
    for (size_t done = 0; done < bytes; done += sizeof chunk) {
        if (write(file, chunk, sizeof chunk) != (ssize_t)sizeof chunk)
            die(path);
    }
    return file;
}

int tmpfill_main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    write_file(argv[1], (size_t)number(argv[2]) * MIB);
    idle();
    return 0;
}

int copier_main(int argc, char **argv)
{
    static unsigned char chunk[MIB];
    if (argc < 3)
        return 2;
    int from = open(argv[1], O_RDONLY | O_CLOEXEC);
    int to = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (from < 0 || to < 0)
        die(from < 0 ? argv[1] : argv[2]);
    ssize_t length;
    while ((length = read(from, chunk, sizeof chunk)) > 0) {
        if (write(to, chunk, (size_t)length) != length)
            die(argv[2]);
    }
    if (length < 0 || fsync(to))
        die("copy");
    return 0;
}

int reader_main(int argc, char **argv)
{
    unsigned char page[PAGE];
    int file = open(argc > 1 ? argv[1] : "", O_RDONLY | O_CLOEXEC);
    off_t size = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    if (size < (off_t)PAGE)
        die("reader");
    uint64_t state = 2463534242;
    for (;;) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if (pread(file, page, sizeof page, (off_t)(state % (uint64_t)(size / (off_t)PAGE)) * (off_t)PAGE) < 0)
            die("pread");
    }
}

/* A program whose code and data lie in mapped files: touches pages of the first MIB of one at random, for ever. */
int mapper_main(int argc, char **argv)
{
    size_t pages = (size_t)number(argc > 2 ? argv[2] : NULL) * MIB / PAGE;
    int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    volatile const unsigned char *mapped = file < 0 ? MAP_FAILED : mmap(NULL, pages * PAGE, PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED)
        die(argv[1]);
    /* As programs are read: a page here and a page there. */
    madvise((void *)mapped, pages * PAGE, MADV_RANDOM);
    uint64_t state = 88172645463325252;
    for (;;) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (void)mapped[state % pages * PAGE];
    }
}

/* Grows to HIGH MIB, shrinks to MIDDLE, grows to HIGH again, shrinks to LOW; five seconds at each. */
int breather_main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    size_t high = (size_t)number(argv[1]) * MIB, middle = (size_t)number(argv[2]) * MIB, low = (size_t)number(argv[3]) * MIB;
    if (low > middle || middle > high)
        return 2;
    unsigned char *memory = map_anonymous(high);
    size_t levels[] = {high, middle, high, low};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (levels[i] == high)
            dirty_pages(memory, high);
        else if (madvise(memory + levels[i], high - levels[i], MADV_DONTNEED))
            die("madvise");
        sleep_until_usec(monotonic_usec() + 5000000);
    }
    idle();
    return 0;
}

/* What a compiler is to memory: takes 20 to 60 MiB, works for a while, ends. */
static void compile_one(unsigned index)
{
    size_t bytes = (20 + index * 7 % 41) * MIB;
    prctl(PR_SET_NAME, "cc1plus");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    unsigned char *memory = map_anonymous(bytes);
    dirty_pages(memory, bytes);
    int64_t until = monotonic_usec() + 300000;
    while (monotonic_usec() < until) {
        for (size_t page = 0; page < bytes; page += 8 * PAGE)
            memory[page]++;
    }
    _exit(0);
}

int builder_main(int argc, char **argv)
{
    long jobs = number(argc > 1 ? argv[1] : NULL), running = 0;
    int64_t end = monotonic_usec() + number(argc > 2 ? argv[2] : NULL) * 1000000;
    int failed = 0;
    for (unsigned index = 0; running > 0 || monotonic_usec() < end;) {
        while (running < jobs && monotonic_usec() < end) {
            pid_t child = fork();
            if (child < 0)
                die("fork");
            if (child == 0)
                compile_one(index);
            index++;
            running++;
        }
        int status;
        if (running > 0 && wait(&status) > 0) {
            running--;
            failed |= status;
        }
    }
    return failed != 0;
}

int crasher_main(int argc, char **argv)
{
    size_t bytes = (size_t)number(argc > 1 ? argv[1] : NULL) * MIB;
    dirty_pages(map_anonymous(bytes), bytes);
    return 1;
}

/* Every process takes MIB, forks, and does the same again; its children as well. */
int bomb_main(int argc, char **argv)
{
    size_t bytes = (size_t)number(argc > 1 ? argv[1] : NULL) * MIB;
    signal(SIGCHLD, SIG_IGN);
    /* Time to be put where it belongs. */
    sleep_until_usec(monotonic_usec() + 3000000);
    for (;;) {
        dirty_pages(map_anonymous(bytes), bytes);
        fork();
        sleep_until_usec(monotonic_usec() + 250000);
    }
}

/* COUNT processes that share MIB which one of them wrote: each seems to hold all of it, and the death of one frees none. */
int sharers_main(int argc, char **argv)
{
    long count = number(argc > 1 ? argv[1] : NULL);
    size_t bytes = (size_t)number(argc > 2 ? argv[2] : NULL) * MIB;
    if (fork() == 0) {
        prctl(PR_SET_NAME, "sharer");
        dirty_pages(map_anonymous(bytes), bytes);
        while (--count > 0 && fork() != 0) {
        }
        idle();
    }
    idle();
    return 0;
}

static volatile sig_atomic_t asked;

static void note_asked(int signal)
{
    (void)signal;
    asked = 1;
}

/* A child that holds MIB and leaves two seconds after it is asked to; as soon as it is gone, its pid is a newcomer's. */
int reuser_main(int argc, char **argv)
{
    size_t bytes = (size_t)number(argc > 1 ? argv[1] : NULL) * MIB;
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0) {
        prctl(PR_SET_NAME, "leaver");
        signal(SIGTERM, note_asked);
        dirty_pages(map_anonymous(bytes), bytes);
        while (!asked)
            sleep_until_usec(monotonic_usec() + 20000);
        sleep_until_usec(monotonic_usec() + 2000000);
        _exit(0);
    }
    if (waitpid(child, NULL, 0) != child)
        die("waitpid");
    struct clone_args same = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&child, .set_tid_size = 1};
    long newcomer = syscall(SYS_clone3, &same, sizeof same);
    if (newcomer < 0)
        die("clone3");
    if (newcomer == 0) {
        prctl(PR_SET_NAME, "newcomer");
        dirty_pages(map_anonymous(bytes), bytes);
    } else {
        printf("%ld %ld\n", (long)child, newcomer);
        fflush(stdout);
    }
    idle();
    return 0;
}

/* Holds MIB and then writes to a file; where the file system is frozen, no signal ends that. */
int stuck_main(int argc, char **argv)
{
    size_t bytes = (size_t)number(argc > 1 ? argv[1] : NULL) * MIB;
    if (argc < 3)
        return 2;
    dirty_pages(map_anonymous(bytes), bytes);
    write_file(argv[2], MIB);
    idle();
    return 0;
}

/* Sets an extended attribute of a directory to 1. */
int mark_main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    if (setxattr(argv[1], argv[2], "1", 1, 0))
        die(argv[1]);
    return 0;
}
