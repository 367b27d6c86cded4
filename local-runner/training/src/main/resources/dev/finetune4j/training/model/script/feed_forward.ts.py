# The gate of a gated feed-forward layer (SwiGLU, Shazeer 2020, https://arxiv.org/abs/2002.05202):
#   m = silu(gate) * up,   silu(g) = g / (1 + exp(-g))
# gate and up lie side by side, gu [N, 2 F].

def gate(gu: Tensor, m: Tensor) -> Tensor:
  F = gu.size(1) // 2
  torch.silu(gu[:, 0:F], out=m)                                         # [N, F]
  return m.mul_(gu[:, F:2 * F])

# From dm [N, F] writes dgu [N, 2 F]; dm and scratch [N, F] are overwritten. scratch becomes m, which the caller needs again.
#   dup = dm * silu(gate),   dgate = dm * up * silu'(gate)
def gate_backward(dm: Tensor, gu: Tensor, dgu: Tensor, scratch: Tensor) -> Tensor:
  F = gu.size(1) // 2
  g = gu[:, 0:F]
  u = gu[:, F:2 * F]
  torch.silu(g, out=scratch)                                            # [N, F]
  torch.mul(dm, scratch, out=dgu[:, F:2 * F])
  dm.mul_(u)
  torch.silu_backward(dm, g, grad_input=dgu[:, 0:F])
  return scratch.mul_(u)
