// Package demo stands in for what cannot be run here: the agent desk of a contact centre (a small Omnichannel workspace that
// embeds the product as the real one does: an iframe from another origin, a signed launch, postMessage) and the case timeline
// that a supervisor reads. It offers the product exactly what a real desk offers, so nothing in the product knows of it.
//
// The desk lives on its own address. It signs launches with the secret that its company registered; who sits at it is
// configuration, as a stand-in has no sign-in.
package demo
