// Package sessions is what the product knows about sessions: invitations by PIN and by link, who may enter which one, what
// became of them. It implements live.Directory.
//
// A session is a row from its invitation on. An agent's claim about a conversation is never believed: the desk's record is read
// again as that agent when the widget opens, and only that is stored. The end of a session is two transactions: its beginning stores
// what is known, before people hear of it; the other one state, recording, audit and the outbox rows that bring it to the desk. What dies
// between them is finished from the first.
package sessions
