package import Failures
internal import Flow
internal import Glibc
package import JSON
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules

/// Where the verbs of the command line are answered.
///
/// Reading verbs look at the journal, and ask a running controller for what is not stored yet. Writing verbs go
/// to the running controller; where none runs they take its place for a moment, write, and leave.
package struct MigrationDesk: Sendable {
    package let settings: MigrationSettings
    /// Version of the program, as events carry it.
    let binary: String

    /// How long a verb waits for a controller that is just beginning or ending.
    static let patience = Duration.seconds(5)

    package init(_ settings: MigrationSettings, binary: String) {
        self.settings = settings
        self.binary = binary
    }

    var state: String { settings.state }

    /// What a verb did.
    package struct Answer: Sendable {
        /// For people; texts of users may stand in each line.
        package var lines: [String]
        package var json: JSONValue
    }

    /// Obeys a request, or says why not; saying it again is safe.
    ///
    /// Going back is waited for, as long as `time`: until routers obey, or the migration is at rest.
    ///
    /// - Throws: `MIG_UNKNOWN`, `MIG_PHASE` with the verbs that are possible, and what else refuses it.
    package func submit(
        _ request: MigrationRequest,
        to name: String,
        within time: Duration
    ) throws(Failure) -> Answer {
        let start = ContinuousClock.now
        let (request, name, idle) = try prepared(request, name)
        if let idle {
            try idle.requireObeyed()
            let story = VerbStory(
                request,
                idle.json(request.word, name: name),
                try status(of: name),
                isLive: false,
                elapsed: ContinuousClock.now - start
            )
            return Answer(lines: [story.text], json: story.json)
        }
        var reply = JSONValue.null
        var view: StatusView?
        var isLive = false
        try work(
            socket: { (client) throws(Failure) in
                reply = try client.ask(.submit(request, name: name))
                isLive = true
            },
            byHand: { (work) throws(Failure) in
                reply = try work.submit(request, to: name)
                try work.settle(name, within: time)
                view = work.snapshot(of: name).map { StatusView($0, isLive: false) }
            }
        )
        if isLive {
            view =
                try request.movesBack ? rest(of: name, from: start, within: time) : status(of: name)
        }
        let story = VerbStory(
            request,
            reply,
            view,
            isLive: isLive,
            elapsed: ContinuousClock.now - start
        )
        return Answer(lines: [story.text], json: story.json)
    }

    /// The request with its subject, and the migration's name, as the journal knows them; and the answer, where
    /// no controller runs and none is needed, since nothing would change.
    ///
    /// The journal is closed again before anybody writes: whoever closes it last folds the log into the file.
    private func prepared(
        _ request: MigrationRequest,
        _ name: String
    ) throws(Failure) -> (MigrationRequest, String, CommandReply?) {
        let reader = try JournalReader.require(state, binary: binary)
        let record = try reader.resolve(name)
        if let latest = try reader.journal.latest(named: record.identity.name),
            latest.id != record.id
        {
            throw Failure(
                "MIG_PHASE",
                blame: .request,
                "\(record.id) is \(record.state.phase), and \(latest.id) came after it",
                remedy: "name the migration, \(record.identity.name), for its latest attempt"
            )
        }
        let asked = request.about(try reader.stageName(of: record))
        guard try !ControllerLock.isHeld(in: state), try reader.isSound(record) else {
            return (asked, record.identity.name, nil)
        }
        let idle = try CommandPreview.reply(
            to: asked.command,
            for: record,
            in: reader.journal,
            options: options
        )
        return (asked, record.identity.name, idle)
    }

    /// Waits until a migration that goes back has arrived.
    private func rest(
        of name: String,
        from start: ContinuousClock.Instant,
        within time: Duration
    ) throws(Failure) -> StatusView {
        while true {
            let view = try status(of: name)
            guard view.phase == Phase.rollingBack.rawValue, ContinuousClock.now - start < time
            else {
                return view
            }
            pause(for: .milliseconds(20))
        }
    }

    /// Stores a plan as a migration that is ready, or makes it the plan of a running one.
    ///
    /// - Throws: what is wrong with the plan; `MIG_PHASE` where an attempt under another plan has not ended, with
    ///   what differs.
    package func apply(_ request: ApplyRequest) throws(Failure) -> Answer {
        let (plan, hash) = try PlanFile(path: request.path, bytes: Array(request.text.utf8))
            .requireGood()
        let difference = try difference(plan, hash)
        if let difference, !request.amends { throw difference.refusal(plan.name) }
        var reply = JSONValue.null
        try work(
            socket: { (client) throws(Failure) in reply = try client.ask(.apply(request)) },
            byHand: { (work) throws(Failure) in reply = try work.apply(request) }
        )
        let isRepeated = reply["outcome"]?.string == "already"
        let isAmended = reply["amended"]?.bool == true
        let attempt = reply["attempt"]?.integer ?? 0
        var text = "\(plan.name): attempt \(attempt) is ready, plan \(hash)"
        if isRepeated { text = "\(plan.name): attempt \(attempt) has this plan already, \(hash)" }
        if isAmended { text = "\(plan.name): attempt \(attempt) goes on with plan \(hash)" }
        let changed = isAmended ? difference?.lines.map { "  \($0)" } : nil
        return Answer(lines: [text] + (changed ?? []), json: reply)
    }

    /// What a plan changes of the one that an unfinished attempt has; nil where there is none, or nothing.
    private func difference(
        _ plan: MigrationPlan,
        _ hash: String
    ) throws(Failure) -> PlanDifference? {
        guard let reader = try JournalReader(state, binary: binary),
            let record = try reader.journal.latest(named: plan.name), !record.isTerminal,
            record.state.planHash != hash
        else { return nil }
        return PlanDifference(try reader.plan(record.state.planHash).json, plan.json)
    }

    /// Names of the migrations that have not ended.
    package func unfinished() throws(Failure) -> [String] {
        guard let reader = try JournalReader(state, binary: binary) else { return [] }
        return try reader.journal.migrations().filter { !$0.isTerminal }.map(\.identity.name)
    }

    /// Reaches the controller, or takes its place.
    ///
    /// - Throws: `MIG_STATE_LOCKED` where another process controls and cannot be reached.
    private func work(
        socket: (ControlClient) throws(Failure) -> Void,
        byHand: (ControllerWork) throws(Failure) -> Void
    ) throws(Failure) {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do throws(Failure) {
                if let client = try ControlClient.connect(state) { return try socket(client) }
                return try byHand(ControllerWork(try controller()))
            } catch {
                // A controller that is just beginning has no socket yet; one that ends has none any more, and
                // one that is asked by many has room in a moment.
                let isOfSocket = error.code == "IO_SOCKET" || error.code == "MIG_CONTROL"
                let isPassing =
                    error.code == "MIG_STATE_LOCKED" || (isOfSocket && error.isRetryable)
                guard isPassing, ContinuousClock.now < deadline else { throw error }
            }
            pause(for: .milliseconds(50))
        }
    }

    private func controller() throws(Failure) -> MigrationController {
        try MigrationController(state: state, options: options)
    }

    private var options: ControllerOptions {
        ControllerOptions(
            holder: "controller:\(getpid())",
            binary: binary,
            settings: settings.control
        )
    }
}
