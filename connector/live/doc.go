// Package live is where people meet their shared browser: the registry of this node's sessions and the WebSocket
// endpoint /v1/live, one peer per person.
//
// It joins three things that do not know each other: the Directory (who a token belongs to, what a company wants, where
// results are kept), the engine's Session, and the wire protocol of docs/protocol.md §1.
package live
