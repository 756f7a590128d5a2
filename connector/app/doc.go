// Package app wires the product: the rooms of connector and of the engine, the desks, the storage. It decides nothing; `serve`,
// `demo` and the end-to-end tests make an App and run it.
package app
