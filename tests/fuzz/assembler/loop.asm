start:
  JUMPDEST
  PUSH1 0x01
  PUSH2 1000 ; many
  PUSH @start
  JUMPI
