package dev.tocsin.incident.engine.outage;

/// What the active incidents of an outage say of one region, counted.
///
/// @param fine that are fine there, or were when they were heard last
record RegionSum(int failing, int passing, int silent, int isolated, int unknown, int fine) {
    static final RegionSum NONE = new RegionSum(0, 0, 0, 0, 0, 0);

    RegionSum plus(Standing standing, boolean fails, boolean isFine, int by) {
        return new RegionSum(
                failing + (fails ? by : 0),
                passing + (standing.heard() && !fails ? by : 0),
                silent + (standing == Standing.SILENT ? by : 0),
                isolated + (standing == Standing.ISOLATED ? by : 0),
                unknown + (standing == Standing.UNKNOWN ? by : 0),
                fine + (isFine ? by : 0));
    }

    /// The worst that is heard; what hears nothing has no say where another does.
    Standing standing() {
        if (failing > 0) {
            return Standing.FAILING;
        }
        if (passing > 0) {
            return Standing.PASSING;
        }
        if (isolated > 0) {
            return Standing.ISOLATED;
        }
        return silent > 0 ? Standing.SILENT : Standing.UNKNOWN;
    }
}
