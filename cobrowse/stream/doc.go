// Package stream carries one encode of the shown tab to everybody: chunks fan out as they are.
//
// A Hub has one publisher (package browser) and many subscriptions: people's send loops and the recorder. A gated
// subscription (agents, recordings) gets nothing while the gate is closed and starts again on a key frame.
package stream
