/* What the C library tells of its heap; <stdlib.h> names the library. */
#include "CPeers.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

size_t cp_heap_bytes(void) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33))
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}
