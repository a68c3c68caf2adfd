internal import Arguments
internal import Assembly
internal import Failures

extension DoctorCheck {
    /// What becomes of the static route that is set here; nil where none is.
    static func staticRoute(_ invocation: Invocation, _ console: Console) -> DoctorCheck? {
        let name = "static route"
        do throws(Failure) {
            let layers = try ConfigurationFile.layers(invocation, console)
            guard let route = try StaticRoute.read(layers) else { return nil }
            let state = try MigrationOptions.settings(invocation, console).state
            let active = try ActiveMigration.all(in: state, binary: programVersion)
            guard !active.isEmpty else { return DoctorCheck(name, .ok, route.description) }
            let reasons = active.map(\.clause).joined(separator: ", ")
            return DoctorCheck(
                name,
                .limited,
                route.ignored(because: reasons),
                remedy: "Runs of other targets obey it; end the migration, or unset the strategy."
            )
        } catch {
            return DoctorCheck(
                name,
                .limited,
                "\(error.code): \(error.problem)",
                remedy: "Correct the setting: \(error.remedy)."
            )
        }
    }
}
