// Package library tests that the engine serves programs other than the product: it builds and runs the example.
package library
