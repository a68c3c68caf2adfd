internal import CZlib
internal import CZstd

/// The versions of the libraries that are loaded, for example `1.2.13` and `1.5.4`.
package func compressionVersions() -> (zlib: String, zstd: String) {
    // SAFETY: both functions answer with constants of their libraries that end with a 0.
    unsafe (String(cString: zlibVersion()), String(cString: ZSTD_versionString()))
}
