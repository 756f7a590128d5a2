// Package api is the product's HTTP interface: the routes of docs/protocol.md §2 on gin, problem+json from one table, and the
// pages with the headers that keep them safe. It decides nothing itself: sessions, auth and live do.
package api
