internal import Failures
internal import JSON
internal import MigrationRules

/// What a person asks of a migration.
package struct MigrationRequest: Sendable, Hashable {
    package enum Verb: Sendable, Hashable {
        case start
        case promote(skipSoak: Bool, confirmation: String?)
        case pause
        /// More time for an inconclusive stage, in milliseconds, where there is a number.
        case resume(extensionMs: Int?)
        case hold
        /// nil: the stage that the migration is at.
        case approve(subject: String?)
        case deny(subject: String?)
        case abort
        /// A stage's name, or `baseline`.
        case rollback(to: String)
        case retry(Retry)
    }

    /// How a stuck rollback goes on.
    package enum Retry: Sendable, Hashable {
        case plain
        case withoutRouter(String)
        case adopt
    }

    package var verb: Verb
    /// `user:ana`.
    package var actor: String
    package var reason: String

    package init(_ verb: Verb, by actor: String, because reason: String = "") {
        self.verb = verb
        self.actor = actor
        self.reason = reason
    }
}

extension MigrationRequest {
    /// The word of the command line.
    package var word: String {
        switch verb {
        case .start: "start"
        case .promote: "promote"
        case .pause: "pause"
        case .resume: "resume"
        case .hold: "hold"
        case .approve, .deny: "approve"
        case .abort: "abort"
        case .rollback: "rollback"
        case .retry: "retry"
        }
    }

    /// Whether routers have to be told before it is done.
    var movesBack: Bool {
        switch verb {
        case .abort, .rollback, .retry: true
        default: false
        }
    }

    /// The request with `stage` as the subject of an approval that names none.
    func about(_ stage: String?) -> MigrationRequest {
        var request = self
        switch verb {
        case .approve(nil): request.verb = .approve(subject: stage)
        case .deny(nil): request.verb = .deny(subject: stage)
        default: break
        }
        return request
    }

    /// The rules' form of it.
    var command: MigrationRules.Command {
        MigrationRules.Command(rulesVerb, by: actor, because: reason)
    }

    private var rulesVerb: MigrationRules.Command.Verb {
        switch verb {
        case .start: return .start
        case .promote(let skipSoak, let confirmation):
            return .promote(skipSoak: skipSoak, confirmation: confirmation)
        case .pause: return .pause
        case .resume(let extensionMs):
            return extensionMs.map { .extend(milliseconds: $0) } ?? .resume
        case .hold: return .hold
        case .approve(let subject): return .approve(subject: subject ?? "")
        case .deny(let subject): return .deny(subject: subject ?? "")
        case .abort: return .abort
        case .rollback(let place): return .rollback(to: place)
        case .retry(.plain): return .retry(.plain)
        case .retry(.withoutRouter(let id)): return .retry(.withoutRouter(id))
        case .retry(.adopt): return .retry(.adopt)
        }
    }
}

/// The request as a line carries it.
extension MigrationRequest {
    var json: JSONValue {
        var object: JSONObject = ["verb": JSONValue(word)]
        switch verb {
        case .start, .pause, .hold, .abort: break
        case .promote(let skipSoak, let confirmation):
            object["skip_soak"] = JSONValue(skipSoak)
            object["confirm"] = JSONValue(confirmation)
        case .resume(let extensionMs): object["extension_ms"] = JSONValue(extensionMs)
        case .approve(let subject):
            object["subject"] = JSONValue(subject)
            object["deny"] = false
        case .deny(let subject):
            object["subject"] = JSONValue(subject)
            object["deny"] = true
        case .rollback(let place): object["to"] = JSONValue(place)
        case .retry(let how):
            if case .withoutRouter(let id) = how { object["without_router"] = JSONValue(id) }
            object["adopt"] = JSONValue(how == .adopt)
        }
        object["actor"] = JSONValue(actor)
        object["reason"] = JSONValue(reason)
        return JSONValue(object)
    }

    /// Reads what ``json`` writes.
    ///
    /// - Throws: what is missing or of another kind.
    init(json: JSONValue) throws(JSONError) {
        let word = try json.member("verb").requireString()
        actor = try json.member("actor").requireString()
        reason = json["reason"]?.string ?? ""
        switch word {
        case "start": verb = .start
        case "promote":
            verb = .promote(
                skipSoak: json["skip_soak"]?.bool ?? false,
                confirmation: json["confirm"]?.string
            )
        case "pause": verb = .pause
        case "resume": verb = .resume(extensionMs: json["extension_ms"]?.integer.map { Int($0) })
        case "hold": verb = .hold
        case "approve":
            let subject = json["subject"]?.string
            verb = json["deny"]?.bool == true ? .deny(subject: subject) : .approve(subject: subject)
        case "abort": verb = .abort
        case "rollback": verb = .rollback(to: try json.member("to").requireString())
        case "retry":
            if let id = json["without_router"]?.string {
                verb = .retry(.withoutRouter(id))
            } else {
                verb = .retry(json["adopt"]?.bool == true ? .adopt : .plain)
            }
        default:
            throw JSONError(
                "the verb \(word) is not known",
                remedy: "use one version of cutover for both processes",
                at: json.position
            )
        }
    }
}
