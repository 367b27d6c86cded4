# The gate of a gated feed-forward layer (SwiGLU and GEGLU, Shazeer 2020, https://arxiv.org/abs/2002.05202):
#   m = act(gate) * up,   act = silu, g / (1 + exp(-g)), or gelu in its tanh form
# gate and up lie side by side, gu [N, 2 F].

def activate(g: Tensor, gelu: bool, m: Tensor) -> Tensor:
  if gelu:
    torch.gelu(g, approximate="tanh", out=m)
  else:
    torch.silu(g, out=m)
  return m

# Writes m [N, F] and leaves act(gate) in a [N, F], which may be m itself where nobody needs it.
def gate(gu: Tensor, gelu: bool, a: Tensor, m: Tensor) -> Tensor:
  F = gu.size(1) // 2
  return torch.mul(__torch__.feed_forward.activate(gu[:, 0:F], gelu, a), gu[:, F:2 * F], out=m)  # [N, F]

# The half of dgu [N, 2 F] in which the way back finds act(gate) and leaves dup.
def up_half(dgu: Tensor) -> Tensor:
  F = dgu.size(1) // 2
  return dgu[:, F:2 * F]                                                # [N, F]

# From dm [N, F], which is overwritten, writes dgu [N, 2 F], whose up half holds act(gate).
#   dup = dm * act(gate),   dgate = dm * up * act'(gate)
def gate_backward(dm: Tensor, gu: Tensor, gelu: bool, dgu: Tensor) -> Tensor:
  F = gu.size(1) // 2
  g = gu[:, 0:F]
  __torch__.feed_forward.up_half(dgu).mul_(dm)                          # [N, F]
  dm.mul_(gu[:, F:2 * F])
  if gelu:
    torch.gelu_backward(dm, g, approximate="tanh", grad_input=dgu[:, 0:F])
  else:
    torch.silu_backward(dm, g, grad_input=dgu[:, 0:F])
  return dgu
