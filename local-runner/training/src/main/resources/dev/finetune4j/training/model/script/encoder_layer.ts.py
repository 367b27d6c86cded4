# One layer of an encoder like BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805), in reading order:
#   h1 = norm(x  + attention(x)  Wout   + bout)
#   h2 = norm(h1 + act(h1 Winner + binner) Wouter + bouter)
# N tokens, M rows that go on after attention (all of them, or in the last layer only those that the head reads), C width, H heads,
# D head width, F feed-forward width.

# What the linear layers learn, float32 and in their shapes; [0] for each that is frozen.
class Gradient(NamedTuple):
  qkv : Tensor
  qkv_bias : Tensor
  out : Tensor
  out_bias : Tensor
  inner : Tensor
  inner_bias : Tensor
  outer : Tensor
  outer_bias : Tensor

class Layer(NamedTuple):
  qkv : __torch__.linear.Linear                # C -> 3 C
  out : __torch__.linear.Linear                # C -> C
  out_norm : __torch__.layer_norm.Norm
  inner : __torch__.linear.Linear              # C -> F
  outer : __torch__.linear.Linear              # F -> C
  outer_norm : __torch__.layer_norm.Norm
  grad : __torch__.encoder_layer.Gradient
  look : __torch__.attention.Look
  activation : int                             # 0 gelu, 1 gelu in its tanh form, 2 relu

# What one layer leaves for its backward pass, in the workspace.
class Slot(NamedTuple):
  qkv : Tensor                                 # [N, 3 C]
  o : Tensor                                   # [N, C] result of attention
  s1 : Tensor                                  # [M, C] before the first norm
  u : Tensor                                   # [M, F] before the activation
  s2 : Tensor                                  # [M, C] before the second norm

# ... and what is made at each pass.
class Trace(NamedTuple):
  x : Tensor                                   # [M, C] what attention is added to
  o : Tensor                                   # [M, C] result of attention
  h1 : __torch__.layer_norm.Normed
  h2 : __torch__.layer_norm.Normed
  qkv_low : Tensor                             # [N, m R] adapters' inner values
  out_low : Tensor
  inner_low : Tensor
  outer_low : Tensor
  slot : __torch__.encoder_layer.Slot

# Scratch that all layers share.
class Scratch(NamedTuple):
  g : Tensor                                   # [N, F]
  dg : Tensor                                  # [N, F]
  dqkv : Tensor                                # [N, 3 C]
  do : Tensor                                  # [N, C]
  dh : Tensor                                  # [N, C]

# A seed of its own for each of the four places of a layer where dropout may strike.
def site(seed: int, at: int) -> int:
  own = -1
  if seed >= 0:
    own = seed * 4 + at
  return own

def activate(u: Tensor, activation: int, g: Tensor) -> Tensor:
  if activation == 0:
    torch.gelu(u, approximate="none", out=g)
  elif activation == 1:
    torch.gelu(u, approximate="tanh", out=g)
  else:
    torch.clamp_min(u, 0, out=g)
  return g

# From dg, the gradient of act(u), to that of u, in place.
def activate_backward(dg: Tensor, u: Tensor, activation: int) -> Tensor:
  if activation == 0:
    torch.gelu_backward(dg, u, approximate="none", grad_input=dg)
  elif activation == 1:
    torch.gelu_backward(dg, u, approximate="tanh", grad_input=dg)
  else:
    torch.threshold_backward(dg, u, 0, grad_input=dg)
  return dg

# Queries, keys and values of x [N, C] and what attention makes of them, in the slot. Returns the adapters' inner values.
def attend(x: Tensor, layer: __torch__.encoder_layer.Layer, groups: List[int], seed: int, slot: __torch__.encoder_layer.Slot) -> Tensor:
  N = x.size(0)
  H = layer.look.heads
  low = __torch__.linear.low_room(x, layer.qkv)
  __torch__.linear.forward(x, layer.qkv, __torch__.encoder_layer.site(seed, 0), slot.qkv, low)
  y = slot.qkv.view([N, 3 * H, -1])                                                    # [N, 3 H, D]
  room = torch.empty([__torch__.attention.room_size(N, 0, groups, layer.look, y.size(2))], dtype=y.dtype)
  __torch__.attention.forward_packed(y, 0, groups, layer.look, slot.o.view([N, H, -1]), room)
  return low

# Makes the activations of the feed-forward, u, from h1, and the adapters' inner values.
def widen(h1: Tensor, layer: __torch__.encoder_layer.Layer, seed: int, u: Tensor, low: Tensor) -> Tensor:
  return __torch__.linear.forward(h1, layer.inner, __torch__.encoder_layer.site(seed, 2), u, low)

# What follows attention, of M rows.
def close(x: Tensor, o: Tensor, qkv_low: Tensor, layer: __torch__.encoder_layer.Layer, seed: int, slot: __torch__.encoder_layer.Slot, g: Tensor) -> __torch__.encoder_layer.Trace:
  out_low = __torch__.linear.low_room(o, layer.out)
  __torch__.linear.forward_residual(x, o, layer.out, __torch__.encoder_layer.site(seed, 1), slot.s1, out_low)
  h1 = __torch__.layer_norm.forward(slot.s1, layer.out_norm)                           # [M, C]
  inner_low = __torch__.linear.low_room(h1.x, layer.inner)
  __torch__.encoder_layer.widen(h1.x, layer, seed, slot.u, inner_low)                  # u [M, F]
  __torch__.encoder_layer.activate(slot.u, layer.activation, g)                        # [M, F]
  outer_low = __torch__.linear.low_room(g, layer.outer)
  __torch__.linear.forward_residual(h1.x, g, layer.outer, __torch__.encoder_layer.site(seed, 3), slot.s2, outer_low)
  h2 = __torch__.layer_norm.forward(slot.s2, layer.outer_norm)                         # [M, C]
  return __torch__.encoder_layer.Trace(x, o, h1, h2, qkv_low, out_low, inner_low, outer_low, slot)

# From dh [M, C], the gradient of h2, to that of x by way of the residual, which it returns, and that of o, which it writes to do.
def close_backward(dh: Tensor, trace: __torch__.encoder_layer.Trace, layer: __torch__.encoder_layer.Layer, seed: int, g: Tensor, dg: Tensor, dx: Tensor, do: Tensor) -> Tensor:
  slot = trace.slot
  d = __torch__.layer_norm.backward(dh, slot.s2, trace.h2, layer.outer_norm)           # [M, C]
  __torch__.encoder_layer.activate(slot.u, layer.activation, g)                        # [M, F]
  at = __torch__.encoder_layer.site(seed, 3)
  __torch__.linear.backward_weight(d, g, layer.grad.outer, layer.grad.outer_bias)
  dlow = __torch__.linear.backward_adapter(d, g, trace.outer_low, layer.outer, at)
  __torch__.linear.backward_input(d, dlow, layer.outer, at, dg)                        # [M, F]
  du = __torch__.encoder_layer.activate_backward(dg, slot.u, layer.activation)         # [M, F]
  at = __torch__.encoder_layer.site(seed, 2)
  __torch__.linear.backward_weight(du, trace.h1.x, layer.grad.inner, layer.grad.inner_bias)
  dlow = __torch__.linear.backward_adapter(du, trace.h1.x, trace.inner_low, layer.inner, at)
  __torch__.linear.backward_input(du, dlow, layer.inner, at, dx)                       # [M, C]
  d = __torch__.layer_norm.backward(d.add_(dx), slot.s1, trace.h1, layer.out_norm)     # [M, C]
  at = __torch__.encoder_layer.site(seed, 1)
  __torch__.linear.backward_weight(d, trace.o, layer.grad.out, layer.grad.out_bias)
  dlow = __torch__.linear.backward_adapter(d, trace.o, trace.out_low, layer.out, at)
  __torch__.linear.backward_input(d, dlow, layer.out, at, do)                          # [M, C]
  return d

# From do [N, C], the gradient of what attention gave, to that of x [N, C], which is added to dx; not where x is frozen.
def attend_backward(do: Tensor, x: Tensor, qkv_low: Tensor, layer: __torch__.encoder_layer.Layer, groups: List[int], seed: int, qkv: Tensor, frozen: bool, dqkv: Tensor, scratch: Tensor, dx: Tensor) -> Tensor:
  N = x.size(0)
  H = layer.look.heads
  y = qkv.view([N, 3 * H, -1])                                                         # [N, 3 H, D]
  room = torch.empty([__torch__.attention.room_size(N, 0, groups, layer.look, y.size(2))], dtype=y.dtype)
  __torch__.attention.backward_packed(do.view([N, H, -1]), y, 0, groups, layer.look, dqkv.view([N, 3 * H, -1]), room, torch.empty_like(room))
  at = __torch__.encoder_layer.site(seed, 0)
  __torch__.linear.backward_weight(dqkv, x, layer.grad.qkv, layer.grad.qkv_bias)
  dlow = __torch__.linear.backward_adapter(dqkv, x, qkv_low, layer.qkv, at)
  if not frozen:
    __torch__.linear.backward_input(dqkv, dlow, layer.qkv, at, scratch)                # [N, C]
    dx.add_(scratch)
  return dx
