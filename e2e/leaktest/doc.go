// Package leaktest is the proof that nothing private leaves for an agent: a corpus of pages that try to show something, of
// actions that try to happen, and of ordinary sites, each played in a live session behind the service's real socket, with a real
// browser and a real recording. Beside every session runs its control, the same one without any rule: there each page must show what
// it hides and each action must happen, or the case proves nothing.
//
// Every picture that an agent was sent is decoded, so is every picture of the recording, and every message, event track, summary and
// log line is searched. `go test ./e2e/leaktest` plays a quarter of the cases, picked by a seed; `make leaktest` plays all, repeats
// those of navigation and windows under load, and writes docs/leaktest.md.
package leaktest
