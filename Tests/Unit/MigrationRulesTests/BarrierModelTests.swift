internal import Hashing
internal import MigrationRules
internal import Routing
internal import TestKit
internal import Testing

/// A model of the barrier protocol: two emitters of each side, a network that delays and reorders, crashes.
///
/// Every key is read by one primary and one candidate. A node emits a window when event time has passed its
/// end, if it owns the window by its own log. Each window must be emitted exactly once.
private struct BarrierModel {
    /// A rule of the protocol that is left out, to see that it is needed.
    enum Broken: CaseIterable {
        case none
        case stall
        case refusal
        case quorum
    }

    enum Message {
        case propose(BarrierProposal)
        case activate(BarrierProposal)
        case cancel(BarrierProposal)
        case log(RouteLog)
        case acknowledged(Int, BarrierProposal)
        case refused(Int, BarrierProposal, Int64)
        case progress(Int, Int64)
    }

    struct Node {
        var machine = BarrierMachine(BarrierMachine.Persistent(), maximum: nil)
        var durable = BarrierMachine.Persistent()
        /// Event time read so far; what was emitted is durable with it.
        var time: Int64 = 0
        /// Steps until a write is durable, and until a crashed node is back.
        var writing: Int?
        var down = 0
    }

    static let size: Int64 = 10
    static let end: Int64 = 600
    static let weights = [100_000, 500_000, 900_000, 0, 500_000, 1_000_000]

    let broken: Broken
    var generator: SeededGenerator
    var nodes = [Node](repeating: Node(), count: 4)
    var mail: [(due: Int, to: Int?, message: Message)] = []
    var step = 0
    /// How often each window of each key was emitted.
    var emitted: [Int64: [Int]] = [:]
    // The controller.
    var log = RouteLog()
    var quorum: BarrierQuorum?
    var deadline = 0
    var maximum: Int64 = 0
    var generation = 0
    var activated = 0

    init(seed: UInt64, broken: Broken) {
        self.broken = broken
        generator = SeededGenerator(seed: seed)
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    mutating func send(_ message: Message, to node: Int?) {
        let delay = Int.random(in: 1...(chance(10) ? 60 : 8), using: &generator)
        mail.append((step + delay, node, message))
    }

    /// Whether every window of every key came out exactly once.
    mutating func run() -> Bool {
        while nodes.contains(where: { $0.time < Self.end }) && step < 20_000 {
            step += 1
            deliver()
            control()
            for index in nodes.indices { advance(index) }
        }
        let windows = (0..<Self.end / Self.size).map { $0 * Self.size }
        return windows.allSatisfy { emitted[$0] == [Int](repeating: 1, count: 8) }
    }

    private mutating func deliver() {
        let due = mail.filter { $0.due <= step }
        mail.removeAll { $0.due <= step }
        for (_, node, message) in due {
            if let node {
                if nodes[node].down == 0 { receive(message, at: node) }
            } else {
                receive(message)
            }
        }
    }

    private mutating func receive(_ message: Message, at index: Int) {
        switch message {
        case .propose(let proposal): act(nodes[index].machine.propose(proposal), index)
        case .activate(let proposal): act(nodes[index].machine.activate(proposal), index)
        case .cancel(let proposal): act(nodes[index].machine.cancel(proposal), index)
        case .log(let log): act(nodes[index].machine.load(log), index)
        case .acknowledged, .refused, .progress: break
        }
    }

    private mutating func act(_ action: BarrierMachine.Action, _ index: Int) {
        switch action {
        case .none: break
        case .persist: nodes[index].writing = Int.random(in: 1...4, using: &generator)
        case .acknowledge(let proposal): send(.acknowledged(index, proposal), to: nil)
        case .refuse(let proposal, let maximum):
            send(
                broken == .refusal
                    ? .acknowledged(index, proposal) : .refused(index, proposal, maximum),
                to: nil
            )
        case .release, .reprocess: nodes[index].durable = nodes[index].machine.persistent
        }
    }

    private mutating func advance(_ index: Int) {
        if nodes[index].down > 0 {
            nodes[index].down -= 1
            return
        }
        if Int.random(in: 0..<400, using: &generator) == 0 {
            let durable = nodes[index].durable
            nodes[index].machine = BarrierMachine(durable, maximum: nodes[index].time - 1)
            nodes[index].writing = nil
            nodes[index].down = 15
            return
        }
        if let writing = nodes[index].writing {
            nodes[index].writing = writing > 1 ? writing - 1 : nil
            if writing == 1 {
                nodes[index].durable = nodes[index].machine.persistent
                act(nodes[index].machine.persisted(), index)
            }
        }
        for _ in 0..<Int.random(in: 0...2, using: &generator) where nodes[index].time < Self.end {
            read(index)
        }
        if chance(20) { send(.progress(index, nodes[index].time), to: nil) }
    }

    private mutating func read(_ index: Int) {
        let time = nodes[index].time
        let isAdmitted = nodes[index].machine.admit(eventTime: time)
        guard isAdmitted || broken == .stall else { return }
        nodes[index].time += 1
        // The last event of a window closes it.
        guard (time + 1) % Self.size == 0 else { return }
        let start = time + 1 - Self.size
        let threshold =
            nodes[index].machine.persistent.log.entry(forWindowStart: start)?.thresholdPPM ?? 0
        for key in 0..<8 where key % 2 == index % 2 {
            let isCandidate = key * 125_000 < threshold
            guard isCandidate == (index >= 2) else { continue }
            emitted[start, default: [Int](repeating: 0, count: 8)][key] += 1
        }
    }
}

/// The controller's part.
extension BarrierModel {
    private mutating func receive(_ message: Message) {
        switch message {
        case .progress(_, let time): maximum = max(maximum, time)
        case .acknowledged(let node, let proposal):
            guard let outcome = quorum?.acknowledged("\(node)", proposal) else { return }
            settle(outcome)
        case .refused(let node, let proposal, let seen):
            maximum = max(maximum, seen)
            guard let outcome = quorum?.refused("\(node)", proposal, maximum: seen) else { return }
            settle(outcome)
        case .propose, .activate, .cancel, .log: break
        }
    }

    private mutating func settle(_ outcome: BarrierQuorum.Outcome) {
        var outcome = outcome
        if broken == .quorum, let quorum, quorum.missing.count <= 1, outcome == .waiting {
            outcome = .activate(quorum.proposal)
        }
        switch outcome {
        case .waiting: return
        case .activate(let proposal):
            log = log.appending(proposal.entry) ?? log
            activated += 1
            for node in nodes.indices { send(.activate(proposal), to: node) }
        case .cancel(let proposal, _):
            for node in nodes.indices { send(.cancel(proposal), to: node) }
        }
        quorum = nil
    }

    private mutating func control() {
        if step % 40 == 0 {
            // Routers may have missed messages while they were down.
            for node in nodes.indices {
                send(.log(log), to: node)
                if let proposal = quorum?.proposal { send(.propose(proposal), to: node) }
            }
        }
        if quorum != nil, step >= deadline, let outcome = quorum?.expired() { settle(outcome) }
        guard quorum == nil, step % 60 == 30, activated < Self.weights.count else { return }
        guard let barrier = BarrierQuorum.barrier(after: maximum, margin: 5, slide: Self.size)
        else { return }
        generation += 1
        let proposal = BarrierProposal(
            fence: 1,
            generation: generation,
            barrier: barrier,
            thresholdPPM: Self.weights[activated],
            base: log.entries.last?.generation ?? 0
        )
        quorum = BarrierQuorum(proposal, routers: ["0", "1", "2", "3"])
        deadline = step + 150
        for node in nodes.indices { send(.propose(proposal), to: node) }
    }
}

@Suite("Barrier protocol")
struct BarrierProtocolTests {
    @Test("over 150 seeds no window is emitted twice or never, and generations do change")
    func soundness() {
        var activated = 0
        for seed in 0..<150 {
            var model = BarrierModel(seed: UInt64(seed), broken: .none)
            let isSound = model.run()
            #expect(isSound, "seed \(seed)")
            activated += model.activated
        }
        #expect(activated > 300)
    }

    @Test(
        "each rule is needed: without it windows are doubled or lost",
        arguments: ["stall", "refusal", "quorum"]
    )
    func necessity(_ rule: String) {
        let broken = BarrierModel.Broken.allCases.first { "\($0)" == rule } ?? .none
        let bad = (0..<150).filter { seed in
            var model = BarrierModel(seed: UInt64(seed), broken: broken)
            return !model.run()
        }
        #expect(bad.count >= 5, "\(rule): \(bad.count) bad runs")
    }

    @Test("a barrier lies behind the maximum, by the margin, at the start of a window")
    func barriers() {
        #expect(BarrierQuorum.barrier(after: 101, margin: 20, slide: 10) == 130)
        #expect(BarrierQuorum.barrier(after: 99, margin: 0, slide: 10) == 100)
        #expect(BarrierQuorum.barrier(after: 100, margin: 0, slide: 10) == 110)
        #expect(BarrierQuorum.barrier(after: -15, margin: 0, slide: 10) == -10)
        #expect(BarrierQuorum.barrier(after: .max - 5, margin: 2, slide: 10) == nil)
        #expect(BarrierQuorum.barrier(after: .max, margin: 2, slide: 10) == nil)
    }

    @Test("one refusal cancels, a fenced router no longer counts, a new one does")
    func quorum() {
        let proposal = BarrierProposal(fence: 1, generation: 2, barrier: 10, thresholdPPM: 5)
        var other = proposal
        other.barrier = 20
        var quorum = BarrierQuorum(proposal, routers: ["a", "b"])
        #expect(quorum.acknowledged("a", other) == .waiting)
        #expect(quorum.acknowledged("a", proposal) == .waiting)
        #expect(quorum.registered("c") == .waiting)
        #expect(quorum.fenced("b") == .waiting)
        #expect(quorum.acknowledged("c", proposal) == .activate(proposal))
        var refused = BarrierQuorum(proposal, routers: ["a", "b"])
        #expect(refused.refused("a", proposal, maximum: 12) == .cancel(proposal, maximum: 12))
        #expect(refused.acknowledged("a", proposal) == .cancel(proposal, maximum: 12))
        var silent = BarrierQuorum(proposal, routers: ["a"])
        #expect(silent.expired() == .cancel(proposal, maximum: nil))
    }
}
