// Package wire is the protocol of the live socket, docs/protocol.md §1, version 1: what people's browsers say becomes a Hello, a Ping or a
// cobrowse.Command; a cobrowse.Message becomes a text frame, a picture a binary one.
//
// The decoder trusts nothing: size, UTF-8, kinds, lengths and ranges are checked before anything else sees a message. Fields that it does
// not know are ignored, so that pages may be newer than the service.
package wire
