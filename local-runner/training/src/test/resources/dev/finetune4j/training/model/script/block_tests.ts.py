# For each block: the textbook formula, which libtorch can differentiate, the block's forward, and its hand-written backward.

class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def rms_norm_plain(self: __torch__.M, h: Tensor, w: Tensor) -> Tensor:
    return torch.mul(torch.mul(h, torch.rsqrt(torch.add(torch.mean(torch.mul(h, h), [-1], True), 1e-5))), w)

  def rms_norm_forward(self: __torch__.M, h: Tensor, w: Tensor) -> Tensor:
    return __torch__.rms_norm.forward(h, __torch__.rms_norm.factor(h, 1e-5), w, torch.empty_like(h))

  def rms_norm_backward(self: __torch__.M, h: Tensor, w: Tensor, dx: Tensor) -> List[Tensor]:
    r = __torch__.rms_norm.factor(h, 1e-5)
    return [__torch__.rms_norm.backward(torch.clone(dx), h, r, w, torch.zeros_like(h), torch.empty_like(h))]

  def linear_plain(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    y = torch.add(torch.mm(x, weight.t()), bias)
    low = torch.mm(x, a.t())
    one = torch.mul(torch.mm(low[:, 0:3], b1.t()), 2.0)
    two = torch.mul(torch.mm(low[:, 3:6], b2.t()), 2.0)
    O1 = b1.size(0)
    O2 = b2.size(0)
    return torch.cat([torch.add(y[:, 0:O1], one), y[:, O1:y.size(1) - O2], torch.add(y[:, y.size(1) - O2:y.size(1)], two)], 1)

  def linear_layer(self: __torch__.M, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor) -> __torch__.linear.Linear:
    return __torch__.linear.Linear(weight, bias, a, [b1, b2], [0, weight.size(0) - b2.size(0)], torch.zeros_like(a), [torch.zeros_like(b1), torch.zeros_like(b2)], 2.0, 0.0)

  def linear_forward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    y = torch.empty([x.size(0), weight.size(0)])
    __torch__.linear.forward(x, self.linear_layer(a, b1, b2, weight, bias), -1, y)
    return y

  def linear_backward(self: __torch__.M, x: Tensor, a: Tensor, b1: Tensor, b2: Tensor, weight: Tensor, bias: Tensor, dy: Tensor) -> List[Tensor]:
    layer = self.linear_layer(a, b1, b2, weight, bias)
    low = __torch__.linear.forward(x, layer, -1, torch.empty_like(dy))
    dlow = __torch__.linear.backward_adapter(dy, x, low, layer, -1)
    dx = __torch__.linear.backward_input(dy, dlow, layer, -1, torch.empty_like(x))
    return [dx, layer.grad_a, layer.grad_b[0], layer.grad_b[1]]

  def rotary_plain(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = cos.size(-1)
    a = x[:, :, 0:half]
    b = x[:, :, half:2 * half]
    return torch.cat([torch.sub(torch.mul(a, cos), torch.mul(b, sin)), torch.add(torch.mul(b, cos), torch.mul(a, sin))], -1)

  def rotary_forward(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return __torch__.rotary.rotate(torch.clone(x), cos, sin, 1.0)

  def rotary_backward(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor, dy: Tensor) -> List[Tensor]:
    return [__torch__.rotary.rotate(torch.clone(dy), cos, sin, -1.0)]

  # Two sequences of 5 tokens, then one of 140; 4 query heads, 2 key heads, D 6.
  def look_back(self: __torch__.M) -> __torch__.attention.Look:
    return __torch__.attention.Look(4, 2, 1.0 / 6.0 ** 0.5, 0.0, 0)

  def attention_one(self: __torch__.M, y: Tensor) -> Tensor:
    T = y.size(0)
    q = y[:, 0:4].transpose(0, 1)
    k = torch.repeat_interleave(y[:, 4:6], 2, 1).transpose(0, 1)
    v = torch.repeat_interleave(y[:, 6:8], 2, 1).transpose(0, 1)
    s = torch.div(torch.bmm(q, k.transpose(1, 2)), 6.0 ** 0.5)
    s = torch.add(s, torch.triu(torch.full([T, T], -inf, dtype=6), 1))
    return torch.bmm(torch.softmax(s, -1), v).transpose(0, 1)

  def attention_plain(self: __torch__.M, y: Tensor) -> Tensor:
    return torch.cat([self.attention_one(y[0:5]), self.attention_one(y[5:10]), self.attention_one(y[10:150])], 0)

  def attention_forward(self: __torch__.M, y: Tensor) -> Tensor:
    return __torch__.attention.forward_packed(y, [2, 5, 1, 140], self.look_back(), torch.empty([150, 4, 6]))

  def attention_backward(self: __torch__.M, y: Tensor, do: Tensor) -> List[Tensor]:
    return [__torch__.attention.backward_packed(torch.clone(do), y, [2, 5, 1, 140], self.look_back(), torch.empty_like(y))]

  # The same with capped scores and a window of 20 tokens.
  def window_one(self: __torch__.M, y: Tensor) -> Tensor:
    T = y.size(0)
    q = y[:, 0:4].transpose(0, 1)
    k = torch.repeat_interleave(y[:, 4:6], 2, 1).transpose(0, 1)
    v = torch.repeat_interleave(y[:, 6:8], 2, 1).transpose(0, 1)
    s = torch.mul(torch.tanh(torch.div(torch.mul(torch.bmm(q, k.transpose(1, 2)), 0.3), 2.0)), 2.0)
    s = torch.add(s, torch.triu(torch.full([T, T], -inf, dtype=6), 1))
    s = torch.add(s, torch.tril(torch.full([T, T], -inf, dtype=6), -20))
    return torch.bmm(torch.softmax(s, -1), v).transpose(0, 1)

  def window_plain(self: __torch__.M, y: Tensor) -> Tensor:
    return torch.cat([self.window_one(y[0:5]), self.window_one(y[5:10]), self.window_one(y[10:150])], 0)

  def window_forward(self: __torch__.M, y: Tensor) -> Tensor:
    return __torch__.attention.forward_packed(y, [2, 5, 1, 140], __torch__.attention.Look(4, 2, 0.3, 2.0, 20), torch.empty([150, 4, 6]))

  def window_backward(self: __torch__.M, y: Tensor, do: Tensor) -> List[Tensor]:
    return [__torch__.attention.backward_packed(torch.clone(do), y, [2, 5, 1, 140], __torch__.attention.Look(4, 2, 0.3, 2.0, 20), torch.empty_like(y))]

  def feed_forward_plain(self: __torch__.M, gu: Tensor) -> Tensor:
    F = gu.size(1) // 2
    g = gu[:, 0:F]
    return torch.mul(torch.mul(g, torch.sigmoid(g)), gu[:, F:2 * F])

  def feed_forward_forward(self: __torch__.M, gu: Tensor) -> Tensor:
    return __torch__.feed_forward.gate(gu, False, torch.empty([gu.size(0), gu.size(1) // 2]))

  def feed_forward_backward(self: __torch__.M, gu: Tensor, dm: Tensor) -> List[Tensor]:
    dgu = torch.empty_like(gu)
    __torch__.feed_forward.gate_backward(torch.clone(dm), gu, False, dgu, torch.empty_like(dm))
    return [dgu]

  def gelu_plain(self: __torch__.M, gu: Tensor) -> Tensor:
    F = gu.size(1) // 2
    g = gu[:, 0:F]
    t = torch.tanh(torch.mul(torch.add(g, torch.mul(torch.pow(g, 3), 0.044715)), 0.7978845608028654))
    return torch.mul(torch.mul(torch.mul(g, 0.5), torch.add(t, 1.0)), gu[:, F:2 * F])

  def gelu_forward(self: __torch__.M, gu: Tensor) -> Tensor:
    return __torch__.feed_forward.gate(gu, True, torch.empty([gu.size(0), gu.size(1) // 2]))

  def gelu_backward(self: __torch__.M, gu: Tensor, dm: Tensor) -> List[Tensor]:
    dgu = torch.empty_like(gu)
    __torch__.feed_forward.gate_backward(torch.clone(dm), gu, True, dgu, torch.empty_like(dm))
    return [dgu]

  def head_plain(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    z = torch.log_softmax(torch.mm(x, E.t()), 1)
    return torch.neg(torch.sum(torch.gather(z, 1, torch.to(targets, 4).unsqueeze(1)))).view([1])

  def head_forward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    room = torch.empty([4, E.size(0)])
    return torch.to(__torch__.head.loss(x, torch.to(targets, 4), E, 0.0, 1.0, False, room, room, x), 6)

  def head_backward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor, dloss: Tensor) -> List[Tensor]:
    room = torch.empty([4, E.size(0)])
    dx = torch.empty_like(x)
    __torch__.head.loss(x, torch.to(targets, 4), E, 0.0, float(dloss), True, room, room, dx)
    return [dx]

  def capped_plain(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    z = torch.log_softmax(torch.mul(torch.tanh(torch.div(torch.mm(x, E.t()), 1.5)), 1.5), 1)
    return torch.neg(torch.sum(torch.gather(z, 1, torch.to(targets, 4).unsqueeze(1)))).view([1])

  def capped_forward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor) -> Tensor:
    room = torch.empty([4, E.size(0)])
    return torch.to(__torch__.head.loss(x, torch.to(targets, 4), E, 1.5, 1.0, False, room, room, x), 6)

  def capped_backward(self: __torch__.M, x: Tensor, E: Tensor, targets: Tensor, dloss: Tensor) -> List[Tensor]:
    room = torch.empty([4, E.size(0)])
    dx = torch.empty_like(x)
    __torch__.head.loss(x, torch.to(targets, 4), E, 1.5, float(dloss), True, room, room, dx)
    return [dx]
