internal import CSQLite

/// File systems that other machines may write to at the same time.
///
/// SQLite's write-ahead log shares memory between the processes of one machine; over a network two machines would
/// write past each other. FUSE is let through: it tells nothing about what is behind it, and it carries the shared
/// folders of containers.
enum NetworkFileSystem {
    /// The name of the network file system that holds `directory`; nil for a local one, and where the system does
    /// not tell.
    static func name(holding directory: String) -> String? {
        // SAFETY: the path lives during the call, which keeps nothing of it.
        name(magic: unsafe cutover_sqlite_file_system(directory))
    }

    /// The name behind a number of statfs(2).
    static func name(magic: UInt32) -> String? {
        switch magic {
        case 0x6969: "NFS"
        case 0x517B, 0xFE53_4D42, 0xFF53_4D42: "SMB"
        case 0x564C: "NCP"
        case 0x5346_414F, 0x6B41_4653: "AFS"
        case 0x7375_7245: "Coda"
        case 0x00C3_6400: "Ceph"
        case 0x0BD0_0BD0: "Lustre"
        case 0x0102_1997: "9p"
        case 0x0116_1970: "GFS2"
        case 0x7461_636F: "OCFS2"
        case 0x4750_4653: "GPFS"
        default: nil
        }
    }
}
