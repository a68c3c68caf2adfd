package import Failures
internal import SQLite

/// The right to write, with the number that tells it from earlier ones.
package struct Lease: Sendable, Hashable {
    package let name: String
    /// `controller:c1`, `verb:4711`.
    package let holder: String
    /// Grows with every taking; routers reject lower ones.
    package let fence: Int

    package init(name: String, holder: String, fence: Int) {
        self.name = name
        self.holder = holder
        self.fence = fence
    }
}

/// Leases and fences.
extension MigrationJournal {
    private static let getLease = SQLiteStatement(
        "lease.get",
        "SELECT holder, fence, expires_at FROM leases WHERE name = ?1"
    )
    private static let setLease = SQLiteStatement(
        "lease.set",
        """
        INSERT INTO leases(name, holder, fence, expires_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT(name) DO UPDATE SET
            holder = excluded.holder, fence = excluded.fence, expires_at = excluded.expires_at
        """
    )
    private static let highestFence = SQLiteStatement(
        "lease.highest",
        """
        SELECT max(
            coalesce((SELECT fence FROM leases WHERE name = ?1), 0),
            coalesce((SELECT max(fence) FROM targets), 0)) AS fence
        """
    )

    /// The name of the lease of whoever controls migrations.
    package static let controllerLease = "controller"

    /// Takes a lease over, whoever held it: with one journal file the lock of the state folder decides who may.
    ///
    /// The fence grows by one. From now on this journal writes under the lease, and its former holder gets
    /// `MIG_FENCED`.
    @discardableResult
    package func takeLease(
        _ name: String = MigrationJournal.controllerLease,
        holder: String,
        at now: JournalTime,
        for duration: Duration = .seconds(15)
    ) throws(Failure) -> Lease {
        try requireWritable()
        let taken = try connection.transaction { () throws(Failure) in
            let name = SQLiteValue(name)
            let fence = try connection.rows(Self.highestFence, name)[0].integer("fence") + 1
            try connection.execute(
                Self.setLease,
                name,
                SQLiteValue(holder),
                SQLiteValue(fence),
                .integer(now.advanced(by: duration).milliseconds)
            )
            return fence
        }
        let lease = Lease(name: name, holder: holder, fence: taken)
        self.lease = lease
        return lease
    }

    /// Puts the lease's expiry off.
    package func renewLease(
        at now: JournalTime,
        for duration: Duration = .seconds(15)
    ) throws(Failure) {
        try write { (lease) throws(Failure) in
            try connection.execute(
                Self.setLease,
                SQLiteValue(lease.name),
                SQLiteValue(lease.holder),
                SQLiteValue(lease.fence),
                .integer(now.advanced(by: duration).milliseconds)
            )
        }
    }

    /// Who holds a lease, and until when.
    package func leaseHolder(
        _ name: String = MigrationJournal.controllerLease
    ) throws(Failure) -> (lease: Lease, expiresAt: JournalTime)? {
        guard let row = try connection.rows(Self.getLease, SQLiteValue(name)).first else {
            return nil
        }
        let lease = Lease(
            name: name,
            holder: try row.text("holder"),
            fence: try row.integer("fence")
        )
        let expiry = JournalTime(milliseconds: Int64(try row.integer("expires_at")))
        return (lease, expiry)
    }

    /// Lifts the fence above one that a router has seen, after a store was restored from a copy.
    package func raiseFence(above seen: Int) throws(Failure) {
        guard let current = lease, current.fence <= seen else { return }
        let raised = Lease(name: current.name, holder: current.holder, fence: seen + 1)
        try write { (lease) throws(Failure) in
            let expiry = try connection.rows(Self.getLease, SQLiteValue(lease.name))[0]
                .integer("expires_at")
            try connection.execute(
                Self.setLease,
                SQLiteValue(raised.name),
                SQLiteValue(raised.holder),
                SQLiteValue(raised.fence),
                SQLiteValue(expiry)
            )
        }
        lease = raised
    }

    /// Inside a transaction: whether the lease is still the newest.
    func check(_ lease: Lease) throws(Failure) {
        let row = try connection.rows(Self.getLease, SQLiteValue(lease.name)).first
        let fence = try row?.integer("fence") ?? 0
        guard fence == lease.fence else { throw JournalFailure.fenced(lease, by: fence) }
    }
}
