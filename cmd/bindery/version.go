package main

// version is what bindery --version prints.
const version = "0.1.0"
