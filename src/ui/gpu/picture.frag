// A pixel of the picture: value, window, polarity, evidence. Each step is the one of src/render (taps.rs, view.rs,
// shader.rs, paint.rs), in the same order, with the same numbers; tests/gpu_picture.rs compares them.
//
// Defined on top: COLOR (red, green, blue instead of values), SMOOTH, OVERLAY, PALETTE (colours for grey levels), and
// CURVE: 0 ramp, 1 step, 2 sigmoid.

// Values of one tile: one channel, or 8-bit red, green, blue.
uniform sampler2D u_values;
// The tile's first column and row.
uniform ivec2 u_tile;
// For each column and row of the view: first value, and the share of the next one.
uniform sampler2D u_cols;
uniform sampler2D u_rows;
// Window coordinates of the view's upper left pixel.
uniform ivec2 u_origin;
// Ramp: from, levels per unit, level at from. Step: above. Sigmoid: center, width.
uniform vec3 u_curve;
uniform int u_invert;
// 1: the view's columns run down the window.
uniform int u_transposed;

#if PALETTE
uniform sampler2D u_palette;
#endif

#if OVERLAY
uniform sampler2D u_map;
// As u_cols and u_rows, first value -1 where the model saw nothing.
uniform sampler2D u_map_cols;
uniform sampler2D u_map_rows;
// Colour and opacity, from the low to the high end of the scale.
uniform sampler2D u_colors;
// Low end of the scale, steps per unit, least value that has a colour, largest finite number.
uniform vec4 u_evidence;
uniform int u_signed;
#endif

out vec4 out_color;

// Without the test, one infinite or missing neighbour would spoil a pixel that takes nothing from it.
float between(float a, float b, float share) {
    return share == 0.0 ? a : a + (b - a) * share;
}

// False for what is not a number.
bool is_number(float value) {
    return value <= 0.0 || value >= 0.0;
}

// Of a texture of `size` texels, the next one to mix with: at the end of the values there is none.
ivec2 next(ivec2 first, ivec2 size) {
    return min(first + 1, size - 1);
}

#if COLOR
ivec3 at(int col, int row) {
    return ivec3(texelFetch(u_values, ivec2(col, row), 0).rgb * 255.0 + 0.5);
}

int channel(int upper_left, int upper_right, int lower_left, int lower_right, vec2 share) {
    float left_side = between(float(upper_left), float(lower_left), share.y);
    float right_side = between(float(upper_right), float(lower_right), share.y);
    return int(between(left_side, right_side, share.x) + 0.5);
}

ivec3 pixel(ivec2 first, vec2 share) {
#if SMOOTH
    ivec2 second = next(first, textureSize(u_values, 0));
    ivec3 a = at(first.x, first.y);
    ivec3 b = at(second.x, first.y);
    ivec3 c = at(first.x, second.y);
    ivec3 d = at(second.x, second.y);
    ivec3 color = ivec3(
        channel(a.r, b.r, c.r, d.r, share),
        channel(a.g, b.g, c.g, d.g, share),
        channel(a.b, b.b, c.b, d.b, share)
    );
#else
    ivec3 color = at(first.x, first.y);
#endif
    return u_invert == 1 ? 255 - color : color;
}
#else
int gray(float value) {
#if CURVE == 0
    float level = (value - u_curve.x) * u_curve.y + u_curve.z;
    return level > 0.0 ? int(min(level, 255.0)) : 0;
#else
#if CURVE == 1
    int level = value > u_curve.x ? 255 : 0;
#else
    // Beyond 80 the share is 0 or 1 in 32 bits, whatever comes of larger exponents.
    float power = clamp(-4.0 * (value - u_curve.x) / u_curve.y, -80.0, 80.0);
    int level = int(255.0 / (1.0 + exp(power)) + 0.5);
#endif
    return is_number(value) ? (u_invert == 1 ? 255 - level : level) : 0;
#endif
}
#endif

#if OVERLAY || (SMOOTH && !COLOR)
// Down each side first, then across: the order in which the processor mixes.
float mixed(sampler2D values, ivec2 first, vec2 share) {
    ivec2 second = next(first, textureSize(values, 0));
    float left_side = between(
        texelFetch(values, first, 0).r,
        texelFetch(values, ivec2(first.x, second.y), 0).r,
        share.y
    );
    float right_side = between(
        texelFetch(values, ivec2(second.x, first.y), 0).r,
        texelFetch(values, second, 0).r,
        share.y
    );
    return between(left_side, right_side, share.x);
}
#endif

#if !COLOR
ivec3 colored(int level) {
#if PALETTE
    return ivec3(texelFetch(u_palette, ivec2(level, 0), 0).rgb * 255.0 + 0.5);
#else
    return ivec3(level);
#endif
}

ivec3 pixel(ivec2 first, vec2 share) {
#if SMOOTH
    return colored(gray(mixed(u_values, first, share)));
#else
    return colored(gray(texelFetch(u_values, first, 0).r));
#endif
}
#endif

#if OVERLAY
ivec3 with_evidence(ivec3 under, float value) {
    float strength = u_signed == 1 ? abs(value) : value;
    if (!(strength >= u_evidence.z && strength <= u_evidence.w)) {
        return under;
    }
    float step = clamp((value - u_evidence.x) * u_evidence.y, 0.0, 1023.0);
    ivec4 over = ivec4(texelFetch(u_colors, ivec2(int(step), 0), 0) * 255.0 + 0.5);
    ivec3 sum = under * (255 - over.a) + over.rgb * over.a + 128;
    return (sum + (sum >> 8)) >> 8;
}
#endif

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy) - u_origin;
    // Rows of the window count from below.
    ivec2 screen = u_transposed == 1 ? ivec2(-place.y, place.x) : ivec2(place.x, -place.y);
    vec2 col = texelFetch(u_cols, ivec2(screen.x, 0), 0).xy;
    vec2 row = texelFetch(u_rows, ivec2(screen.y, 0), 0).xy;
    ivec3 color = pixel(ivec2(int(col.x), int(row.x)) - u_tile, vec2(col.y, row.y));
#if OVERLAY
    vec2 map_col = texelFetch(u_map_cols, ivec2(screen.x, 0), 0).xy;
    vec2 map_row = texelFetch(u_map_rows, ivec2(screen.y, 0), 0).xy;
    if (map_row.x >= 0.0 && map_col.x >= 0.0) {
        ivec2 first = ivec2(int(map_col.x), int(map_row.x));
        color = with_evidence(color, mixed(u_map, first, vec2(map_col.y, map_row.y)));
    }
#endif
    out_color = vec4(vec3(color) / 255.0, 1.0);
}
