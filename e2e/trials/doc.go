// Package trials holds the end-to-end tests of what goes wrong: bad input, dying browsers, a desk that is away, a full disk, a
// killed service. They run the real program, `connector serve`, as a process of its own beside a stand-in Dataverse and a small
// site, and speak the live socket as docs/protocol.md describes it.
package trials
