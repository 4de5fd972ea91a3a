// Package scenario describes networks of NetX Duo targets in YAML files, with
// what their hosts do and what is expected of it, and runs them.
package scenario
