#pragma once

/* Counts what the calling thread asks of the heap: this target's malloc, calloc, realloc, aligned_alloc and
   posix_memalign stand in front of the C library's in the program that links it. */

/* Blocks that the calling thread has asked for since it began. */
unsigned long allocations_of_this_thread(void);
