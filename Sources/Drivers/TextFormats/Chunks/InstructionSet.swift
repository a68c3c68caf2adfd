internal import CKernels

/// Which clone of the byte kernels runs; results never depend on it.
package enum InstructionSet: Sendable, Hashable, CaseIterable {
    /// What every processor of the architecture has.
    case portable
    case avx2
    case avx512
    /// The best that this processor has.
    case best

    var kernel: ck_instructions {
        switch self {
        case .portable: CK_PORTABLE
        case .avx2: CK_AVX2
        case .avx512: CK_AVX512
        case .best: CK_BEST
        }
    }

    /// Whether this processor can run the clone.
    package var isAvailable: Bool {
        self == .best || ck_resolve(kernel) == kernel
    }
}
