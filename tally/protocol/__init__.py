"""The protocol: bytes in, values out. SPEC.md beside this package says every byte of it.

Here lives what two strangers must compute alike. Never here: input or output, a clock, a private key that no function
was given.

The chief of them:

    encoding group cipher proofs ed25519             the alphabet
    credential blind pss issuer_key issuance         the right to vote
    manifest ruleset committee messages trustees     what is sealed, who can decrypt
    election ballot booth acceptance                 a ballot: its form, its making, its acceptance
    sums decryption result                           the tally
    archive checkpoint opening spoiled phase         the evidence, and the life of a round
"""
