/* bare-loop ROUNDS: opens the files named on standard input, reads all of them so often, prints the fastest round in milliseconds. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Processor time: what else runs on the machine does not count. */
static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    static int files[65536];
    static char path[4096], content[32768];
    int count = 0, rounds = argc > 1 ? atoi(argv[1]) : 100;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    while (count < 65536 && fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        if ((files[count++] = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
            perror(path);
            return 1;
        }
    }
    double fastest = 1e9;
    for (int round = 0; round < rounds; round++) {
        double began = now();
        for (int i = 0; i < count; i++) {
            if (pread(files[i], content, sizeof content, 0) < 0) {
                perror("pread");
                return 1;
            }
        }
        double took = now() - began;
        fastest = took < fastest ? took : fastest;
    }
    printf("%.6f\n", fastest);
    return 0;
}
