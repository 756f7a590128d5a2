// Package company keeps the companies that the service works for: branding, consent texts, what is recorded, policy, where
// their desk's pages live, and the key their desk signs launches with.
//
// Settings are versioned: a change makes a new version, a session runs to its end under the one it began with. Secrets (the
// desk's signing key and its credentials) are kept apart from the settings and sealed.
package company
