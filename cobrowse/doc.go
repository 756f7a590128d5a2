// Package cobrowse is the engine: a shared cloud browser for an agent and a customer.
//
// It holds the words of the domain (State, Participant, Role, Right, Consent, Viewport, InputEvent, Tab, Policy,
// Refusal, Layer, Recording, Summary) and the Session actor that owns one shared browser. It knows no CRM, no company
// database and no HTTP framework; package connector joins it to those.
//
// The rooms below it:
//
//	wire     the WebSocket protocol spoken with people's browsers
//	browser  one sandboxed Chromium per session (implements Browser)
//	privacy  mask and guard rules, what is injected into pages, the readiness gate, redaction of strings
//	stream   picture chunks: one encode, fanned out to everybody (Hub)
//	record   chunks and events to a sealed recording (implements Recorder)
//	egress   the only way out of the cloud browser
//
// The rooms import this package for its words; this package imports only stream.
package cobrowse
