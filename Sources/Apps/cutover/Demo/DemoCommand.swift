internal import Arguments
internal import Failures
internal import StreamSQL

extension CommandTree {
    static var demo: CommandTree {
        CommandTree(
            Command(
                "demo",
                "move a live job from one engine to another, with proof",
                discussion: """
                    Replays 336,776 real flights as a live stream and moves its job from one thread (V1) to several \
                    (V2) while it runs: in shadow first, then with 10 %, 50 %, 90 % and all of its windows, each \
                    step earned by evidence. At the end every row that came out is held against a run of V1 alone. \
                    The plan is Examples/plans/flights.yaml, the job Examples/stream/flights-live.sql. \
                    With --fault something goes wrong on the way, and nothing wrong comes out.
                    """,
                options: [
                    .value(
                        "speed",
                        .text,
                        "Event seconds per second, or max",
                        placeholder: "S",
                        default: "1000000"
                    ),
                    .value(
                        "fault",
                        .text,
                        "Do harm: bad-candidate, kill-candidate, kill-controller, stall-candidate, one-digit, missing-rows, extra-rows, late-rows",
                        placeholder: "FAULT[@STAGE]"
                    ),
                    .flag("resume", "Go on with the demo that was killed"),
                    .flag("discard", "Give the unfinished demo up, and begin a new one"),
                ],
                examples: [
                    .init("cutover demo", "about half a minute"),
                    .init("cutover demo --fault bad-candidate", "a candidate that lies is caught"),
                    .init(
                        "cutover demo --resume",
                        "go on after --fault kill-controller, or any other end"
                    ),
                    .init(
                        "cutover demo --speed max --json",
                        "as fast as the evidence allows, figures only"
                    ),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            try Demo(DemoOptions(invocation), console: console).run()
        }
    }
}

/// What the user wants of the demo.
struct DemoOptions {
    var isJSON: Bool
    var stateDirectory: String
    /// Event seconds per second; nil: as fast as possible.
    var speed: Double?
    var fault: (name: String, stage: String?)?
    var resumes: Bool
    var discards: Bool

    init(_ invocation: Invocation) throws(Failure) {
        isJSON = invocation.flag("json")
        stateDirectory = invocation.text("state") ?? ".cutover"
        resumes = invocation.flag("resume")
        discards = invocation.flag("discard")
        let speed = invocation.text("speed") ?? "1000000"
        if speed != "max" {
            guard let number = Double(speed), number >= 1, number <= 1e12 else {
                throw Failure(
                    "CFG_VALUE",
                    blame: .request,
                    "--speed is \(speed)",
                    remedy: "give event seconds per second from 1 to 1e12, or max",
                    at: invocation.position(of: "speed")
                )
            }
            self.speed = number
        }
        if resumes, discards {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--resume and --discard contradict each other",
                remedy: "keep one of them"
            )
        }
        guard let text = invocation.text("fault") else { return }
        let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
        let names = LiveFault.Kind.allCases.map(\.rawValue) + ["kill-controller"]
        guard let name = parts.first, names.contains(name) else {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--fault is \(text)",
                remedy: NearestName.remedy(for: parts.first ?? "", in: names),
                at: invocation.position(of: "fault")
            )
        }
        fault = (name, parts.count > 1 ? parts[1] : nil)
    }
}
