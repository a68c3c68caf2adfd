/* The clone that every processor of the architecture can run. */
#include "clones.h"

#define CLONE(name) ck_##name##_portable
#define CLONE_TARGET
#define CLONE_INLINE static inline __attribute__((always_inline))

#if defined(__SSE2__)

#include <emmintrin.h>

struct block {
    __m128i parts[4];
};

CLONE_INLINE struct block splat(uint8_t byte) {
    __m128i part = _mm_set1_epi8((char)byte);
    return (struct block){{part, part, part, part}};
}

CLONE_INLINE struct block load_block(const uint8_t *bytes) {
    struct block block;
    for (int part = 0; part < 4; part++)
        block.parts[part] = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
    return block;
}

CLONE_INLINE uint64_t high_mask(struct block block) {
    uint64_t mask = 0;
    for (int part = 0; part < 4; part++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(block.parts[part]) << 16 * part;
    return mask;
}

CLONE_INLINE uint64_t equal_mask(struct block left, struct block right) {
    struct block equal;
    for (int part = 0; part < 4; part++)
        equal.parts[part] = _mm_cmpeq_epi8(left.parts[part], right.parts[part]);
    return high_mask(equal);
}

#else

#include <string.h>

struct block {
    uint64_t parts[8];
};

CLONE_INLINE struct block splat(uint8_t byte) {
    struct block block;
    for (int part = 0; part < 8; part++) block.parts[part] = 0x0101010101010101ULL * byte;
    return block;
}

CLONE_INLINE struct block load_block(const uint8_t *bytes) {
    struct block block;
    for (int part = 0; part < 8; part++) {
        uint64_t word = 0;
        for (int index = 7; index >= 0; index--) word = word << 8 | bytes[8 * part + index];
        block.parts[part] = word;
    }
    return block;
}

CLONE_INLINE uint64_t high_mask(struct block block) {
    uint64_t mask = 0;
    for (int part = 0; part < 8; part++) {
        /* Gathers bit 7 of each byte into the top byte. */
        uint64_t high = block.parts[part] >> 7 & 0x0101010101010101ULL;
        mask |= (high * 0x0102040810204080ULL >> 56) << 8 * part;
    }
    return mask;
}

CLONE_INLINE uint64_t equal_mask(struct block left, struct block right) {
    struct block equal;
    const uint64_t low = 0x7F7F7F7F7F7F7F7FULL;
    for (int part = 0; part < 8; part++) {
        uint64_t difference = left.parts[part] ^ right.parts[part];
        equal.parts[part] = ~(((difference & low) + low) | difference | low);
    }
    return high_mask(equal);
}

#endif

CLONE_INLINE uint64_t prefix_xor(uint64_t bits) {
    for (int shift = 1; shift < 64; shift <<= 1) bits ^= bits << shift;
    return bits;
}

CLONE_INLINE uint32_t *write_positions(uint32_t *output, uint64_t mask, uint32_t position) {
    CK_WRITE_POSITIONS(output, mask, position);
    return output;
}

#include "scan.h"
