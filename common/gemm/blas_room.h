/*
 * blas_room.h - is there memory for OpenBLAS to begin with?
 *
 * It maps 128 MB when it begins, for each thread where it uses OpenMP, and
 * where that much address space cannot be had (ulimit -v) asks for it for ever.
 * To be called before libraries begin, with what main gets and the environment:
 * exits with 1 and says so where too little is left.  Where it cannot know it
 * does nothing.
 */
#ifndef BLAS_ROOM_H
#define BLAS_ROOM_H

#include <stdbool.h>

void blas_room_check(int argc, char *argv[], char *environment[],
                     bool each_thread);

#endif
