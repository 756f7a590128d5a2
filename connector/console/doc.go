// Package console is what a company's administrators decide with: who is let in, the company's rules in versions, and editors. An
// editor is a shared browser of which the administrator is both sides: the customer, who sees everything, and the agent, who sees what
// the rules leave. It has no desk record, no recording and no PIN, and lives in this service's memory only.
package console
