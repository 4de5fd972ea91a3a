// Package sizing finds the least RAM with which a workload's packet pools still work.
package sizing
