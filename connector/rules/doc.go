// Package rules keeps what a company learns about its rules: masks that agents suggest, how often rules find something in real sessions,
// and shapes of pages to test rules against. None of it holds content of a session. Every method is for one company; no row of another
// is ever read or changed.
package rules
