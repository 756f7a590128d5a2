// Package console tests the administrators' console as an administrator uses it: a real Chromium, the whole product, the demo's shop.
package console
