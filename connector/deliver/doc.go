// Package deliver brings what a session leaves behind to the company's desk: the timeline entry as it moves on, its files, a later
// change of the outcome or of the case. Once and only once in effect, through crashes, throttling and outages.
//
// Enqueue writes rows of the outbox inside the transaction that moves or ends the session. A Worker on every node claims due rows
// under a lease and hands them to the desk. Three things together give "once": a row cannot be forgotten, because it is
// committed with what it tells; it is not marked done before the desk has confirmed it; and a repeat changes
// nothing, because all ids at the desk derive from the session.
//
// Rows of one conversation (a lane) go out in order, but files, which may have to wait for our own store, hold up only their
// session's next files. A file that goes up in parts goes on where it broke off, whoever had begun it. A row that a newer one of its
// session says all of is closed without a request. Organisations do not wait for each other: each has its own limit of concurrent
// deliveries, and after repeated failures its own pause (circuit).
package deliver
