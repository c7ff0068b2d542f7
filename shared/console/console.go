// Package console shows what several programs print in one terminal.
package console
