// Package e2e is the product as its users meet it: agent, customer and supervisor, each with a real Chromium of their own, and
// stand-ins only for what cannot be run here (the desk and Dataverse).
package e2e
