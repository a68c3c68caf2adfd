/* SipHash-2-4 as its paper describes it (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012),
 * as somebody would write it in C who wants it fast: whole words are read at once, and all of the state
 * stays in registers. */
#include "CPeers.h"

#include <string.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotated(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

static inline void sip_round(struct state *s) {
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotated(s->v1, 13) ^ s->v0;
    s->v3 = rotated(s->v3, 16) ^ s->v2;
    s->v0 = rotated(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotated(s->v1, 17) ^ s->v2;
    s->v3 = rotated(s->v3, 21) ^ s->v0;
    s->v2 = rotated(s->v2, 32);
}

static inline void take_word(struct state *s, uint64_t word) {
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

static inline uint64_t little_endian(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

uint64_t cp_siphash24(uint64_t key_low, uint64_t key_high, const uint8_t *bytes, size_t count) {
    /* "somepseudorandomlygeneratedbytes" */
    struct state s = {
        key_low ^ 0x736f6d6570736575ULL,
        key_high ^ 0x646f72616e646f6dULL,
        key_low ^ 0x6c7967656e657261ULL,
        key_high ^ 0x7465646279746573ULL,
    };
    const uint8_t *end = bytes + (count & ~(size_t)7);
    for (; bytes != end; bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        take_word(&s, little_endian(word));
    }
    /* The last word: what is left of the bytes, and the length in the highest byte. */
    uint64_t last = (uint64_t)count << 56;
    switch (count & 7) {
    case 7: last |= (uint64_t)bytes[6] << 48; /* fall through */
    case 6: last |= (uint64_t)bytes[5] << 40; /* fall through */
    case 5: last |= (uint64_t)bytes[4] << 32; /* fall through */
    case 4: last |= (uint64_t)bytes[3] << 24; /* fall through */
    case 3: last |= (uint64_t)bytes[2] << 16; /* fall through */
    case 2: last |= (uint64_t)bytes[1] << 8; /* fall through */
    case 1: last |= (uint64_t)bytes[0];
    }
    take_word(&s, last);
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
