/*
 * watch DIRECTORY DURATION LINGER KILLER [CGROUP_EVENTS_FILE...] [--first-signal]
 *
 * Samples memory and pressure every 50 ms and drains the kernel's trace of signals and OOM victims, locked in memory and ahead of ordinary
 * processes, so that it measures a machine that can do nothing else. KILLER is a process id, whose own major faults are counted, or 0. It
 * ends LINGER seconds after every named cgroup became empty, after SIGUSR1 or, with --first-signal, after the first signal; at the latest
 * after DURATION seconds. Nothing is written before the end, except a line every five seconds on standard output (the serial console),
 * which is what remains of a machine that never came back.
 */
#define _GNU_SOURCE
#include "bed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { period_usec = 50000, max_samples = 12000, max_trace = 512 * 1024, max_cgroups = 8, max_workers = 8 };

struct sample {
    int64_t at_usec;
    int total_kib, free_kib, available_kib, anon_kib, file_kib, swap_total_kib, swap_free_kib;
    int64_t some_usec, full_usec, io_full_usec;
    long killer_faults;
};

/*
 * What a killer's workers read of others, such as their command lines, comes back from swap as a fault of theirs; no memory of the killer's
 * was missing then.
 */
static const char worker_comm[] = "pressured-work\n";

struct killer {
    int stat;
    int workers[max_workers];
    int worker_count;
};

static struct sample samples[max_samples];
static char trace[max_trace];
static size_t trace_length;

static int open_or_die(const char *path, int flags)
{
    int descriptor = open(path, flags | O_CLOEXEC);
    if (descriptor < 0)
        die(path);
    return descriptor;
}

/* Major faults of a process or a thread so far, by its stat file; -1 when it cannot be read. */
static long major_faults(int stat)
{
    char text[1024];
    if (stat < 0 || !read_text(stat, text, sizeof text))
        return -1;
    /* After the name, which may hold anything, come the state and eight numbers before this one. */
    char *word = strrchr(text, ')');
    for (int i = 0; word && i < 10; i++)
        word = strchr(word + 1, ' ');
    return word ? strtol(word, NULL, 10) : -1;
}

static struct killer find_killer(long pid)
{
    char path[96], comm[32];
    struct killer found = {0};
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    found.stat = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%ld/task", pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks)) && found.worker_count < max_workers;) {
        snprintf(path, sizeof path, "/proc/%ld/task/%.20s/comm", pid, task->d_name);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        int is_worker = file >= 0 && read_text(file, comm, sizeof comm) && !strcmp(comm, worker_comm);
        if (file >= 0)
            close(file);
        if (!is_worker)
            continue;
        snprintf(path, sizeof path, "/proc/%ld/task/%.20s/stat", pid, task->d_name);
        found.workers[found.worker_count++] = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (tasks)
        closedir(tasks);
    return found;
}

/* Those of the killer, and not of what its workers read for it; -1 when they cannot be told. */
static long killer_faults(const struct killer *killer)
{
    long faults = major_faults(killer->stat);
    for (int i = 0; i < killer->worker_count && faults >= 0; i++) {
        long others = major_faults(killer->workers[i]);
        faults -= others > 0 ? others : 0;
    }
    return faults;
}

static struct sample take(int meminfo, int memory_pressure, int io_pressure, const struct killer *killer)
{
    char text[4096];
    struct sample now = {.at_usec = monotonic_usec()};
    read_text(meminfo, text, sizeof text);
    now.total_kib = (int)field(text, "MemTotal:");
    now.free_kib = (int)field(text, "MemFree:");
    now.available_kib = (int)field(text, "MemAvailable:");
    now.anon_kib = (int)field(text, "AnonPages:");
    now.file_kib = (int)field(text, "\nCached:");
    now.swap_total_kib = (int)field(text, "SwapTotal:");
    now.swap_free_kib = (int)field(text, "SwapFree:");
    read_text(memory_pressure, text, sizeof text);
    now.some_usec = field(text, "total=");
    char *full = strstr(text, "full");
    now.full_usec = full ? field(full, "total=") : -1;
    read_text(io_pressure, text, sizeof text);
    full = strstr(text, "full");
    now.io_full_usec = full ? field(full, "total=") : -1;
    now.killer_faults = killer_faults(killer);
    return now;
}

static void drain_trace(int pipe)
{
    ssize_t length;
    while (trace_length < max_trace - 1 && (length = read(pipe, trace + trace_length, max_trace - 1 - trace_length)) > 0)
        trace_length += (size_t)length;
    trace[trace_length] = 0;
}

/* True once every named cgroup has held a process and holds none any more; one that is gone is as empty as one that says so. */
static int all_emptied(char **events_files, char *held, int count)
{
    int emptied = 1;
    for (int i = 0; i < count; i++) {
        char text[256];
        int populated = 0;
        int descriptor = open(events_files[i], O_RDONLY | O_CLOEXEC);
        if (descriptor >= 0) {
            populated = read_text(descriptor, text, sizeof text) && field(text, "populated") == 1;
            close(descriptor);
        }
        held[i] |= (char)populated;
        if (populated || !held[i])
            emptied = 0;
    }
    return emptied;
}

static void write_results(const char *directory, int count, const char *reason)
{
    char path[512];
    snprintf(path, sizeof path, "%s/samples.csv", directory);
    FILE *out = fopen(path, "w");
    if (!out)
        die(path);
    fputs("usec,total_kib,free_kib,available_kib,anon_kib,cached_kib,swap_total_kib,swap_free_kib,"
          "memory_some_usec,memory_full_usec,io_full_usec,killer_major_faults\n", out);
    for (int i = 0; i < count; i++) {
        struct sample *s = &samples[i];
        fprintf(out, "%lld,%d,%d,%d,%d,%d,%d,%d,%lld,%lld,%lld,%ld\n", (long long)s->at_usec, s->total_kib, s->free_kib, s->available_kib,
                s->anon_kib, s->file_kib, s->swap_total_kib, s->swap_free_kib, (long long)s->some_usec, (long long)s->full_usec,
                (long long)s->io_full_usec, s->killer_faults);
    }
    fclose(out);
    snprintf(path, sizeof path, "%s/trace", directory);
    if ((out = fopen(path, "w"))) {
        fwrite(trace, 1, trace_length, out);
        fclose(out);
    }
    snprintf(path, sizeof path, "%s/watch.env", directory);
    if ((out = fopen(path, "w"))) {
        fprintf(out, "start_usec=%lld\nend_usec=%lld\nreason=%s\n", (long long)samples[0].at_usec,
                (long long)samples[count - 1].at_usec, reason);
        fclose(out);
    }
}

static volatile sig_atomic_t done;

static void note_done(int signal)
{
    (void)signal;
    done = 1;
}

int watch_main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    int64_t duration = number(argv[2]) * 1000000, linger = number(argv[3]) * 1000000;
    char **cgroups = argv + 5;
    char held[max_cgroups] = {0};
    int cgroup_count = argc - 5, on_signal = 0;
    if (cgroup_count && !strcmp(argv[argc - 1], "--first-signal")) {
        on_signal = 1;
        cgroup_count--;
    }
    if (cgroup_count > max_cgroups)
        return 2;
    int meminfo = open_or_die("/proc/meminfo", O_RDONLY);
    int memory_pressure = open_or_die("/proc/pressure/memory", O_RDONLY);
    int io_pressure = open_or_die("/proc/pressure/io", O_RDONLY);
    struct killer killer = find_killer(number(argv[4]));
    int pipe = open_or_die("/sys/kernel/tracing/trace_pipe", O_RDONLY | O_NONBLOCK);
    signal(SIGUSR1, note_done);
    if (mlockall(MCL_CURRENT | MCL_FUTURE))
        die("mlockall");
    struct sched_param ahead = {.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_FIFO, &ahead))
        perror("sched_setscheduler");

    int64_t start = monotonic_usec(), due = start, ended = 0;
    const char *reason = "duration";
    int count = 0;
    while (count < max_samples && due < start + duration) {
        samples[count] = take(meminfo, memory_pressure, io_pressure, &killer);
        drain_trace(pipe);
        struct sample *now = &samples[count++];
        if (!ended && (done || (on_signal && trace_length) || (cgroup_count && all_emptied(cgroups, held, cgroup_count)))) {
            ended = now->at_usec;
            reason = done ? "done" : on_signal ? "signal" : "empty";
        }
        if (ended && now->at_usec >= ended + linger)
            break;
        if (count % 100 == 0) {
            printf("  %3lld s: available %d MiB, anonymous %d MiB, swap free %d MiB, full stall %lld ms\n",
                   (long long)(now->at_usec - start) / 1000000, now->available_kib / 1024, now->anon_kib / 1024,
                   now->swap_free_kib / 1024, (long long)(now->full_usec - samples[0].full_usec) / 1000);
            fflush(stdout);
        }
        due += period_usec;
        if (due < monotonic_usec())
            due = monotonic_usec();
        sleep_until_usec(due);
    }
    drain_trace(pipe);
    write_results(argv[1], count, reason);
    return 0;
}
