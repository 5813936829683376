/// A world that is known: targets, agents, links, clocks and processes that fail by a seed. It drives the engine as it runs, and what the
/// engine tells is judged by what was so. `Universe -> Simulation -> Rehearsal (incident-streams) -> Oracle`,
/// and what people hear of it, `-> World (notifier) -> People`.
@org.jspecify.annotations.NullMarked
package dev.tocsin.standalone.simulate;
