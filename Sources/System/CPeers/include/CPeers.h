/// Plain C that benchmarks hold own code against, and what they ask the C library.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// SipHash-2-4 with a 64-bit result over `bytes[0 ..< count]`; the key's halves are read little-endian.
uint64_t cp_siphash24(uint64_t key_low, uint64_t key_high, const uint8_t *bytes, size_t count);

/// Bytes that the program has from the C library's heap now; 0 where the library does not tell.
size_t cp_heap_bytes(void);

#if defined(__cplusplus)
}
#endif
