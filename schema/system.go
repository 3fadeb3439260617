package schema

// Bindery is for systems whose words have 64 bits, and does not compile for others: there Arrow's decimals lose digits,
// since decimal128.FromBigInt and decimal256.Num.BigInt take the words of a big.Int to have 64 bits everywhere.
const _ uint = 1 << 63
