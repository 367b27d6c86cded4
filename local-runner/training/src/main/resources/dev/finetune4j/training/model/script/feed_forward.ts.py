# The gate of a gated feed-forward layer (SwiGLU and GEGLU, Shazeer 2020, https://arxiv.org/abs/2002.05202):
#   m = act(gate) * up,   act = silu, g / (1 + exp(-g)), or gelu in its tanh form
# gate and up lie side by side, gu [N, 2 F].

def activate(g: Tensor, gelu: bool, m: Tensor) -> Tensor:
  if gelu:
    torch.gelu(g, approximate="tanh", out=m)
  else:
    torch.silu(g, out=m)
  return m

def gate(gu: Tensor, gelu: bool, m: Tensor) -> Tensor:
  F = gu.size(1) // 2
  return __torch__.feed_forward.activate(gu[:, 0:F], gelu, m).mul_(gu[:, F:2 * F])  # [N, F]

# From dm [N, F] writes dgu [N, 2 F]; dm and scratch [N, F] are overwritten. scratch becomes m, which the caller needs again.
#   dup = dm * act(gate),   dgate = dm * up * act'(gate)
def gate_backward(dm: Tensor, gu: Tensor, gelu: bool, dgu: Tensor, scratch: Tensor) -> Tensor:
  F = gu.size(1) // 2
  g = gu[:, 0:F]
  u = gu[:, F:2 * F]
  __torch__.feed_forward.activate(g, gelu, scratch)                     # [N, F]
  torch.mul(dm, scratch, out=dgu[:, F:2 * F])
  dm.mul_(u)
  if gelu:
    torch.gelu_backward(dm, g, approximate="tanh", grad_input=dgu[:, 0:F])
  else:
    torch.silu_backward(dm, g, grad_input=dgu[:, 0:F])
  return scratch.mul_(u)
