// Package house holds the tests of the house itself: who may import whom, that decisions are indexed, that every package
// explains itself. It has no code to import.
package house
