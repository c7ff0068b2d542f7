//go:build race

package lesson

const race = true
