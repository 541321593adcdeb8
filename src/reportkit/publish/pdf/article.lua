-- A report's article for Typst. Every text becomes a string literal, so that none of it can be read as Typst's markup
-- or code; tables and pictures are written here, since pandoc's own writer drops what a screen reader needs of them.

local TYPST = "typst"

-- The kinds of cells, as the template names them, and a letter for each.
local HEAD, STUB, DATA = "head", "stub", "data"
local LINKS = { ["http:"] = true, ["https:"] = true, ["mailto:"] = true, ["tel:"] = true }
-- Figures of more characters than these, quotation marks included, may need more room than their columns have.
local WIDE = 6
local LETTERS = { head = "H", stub = "S", data = "D" }

local function literal(text)
  local quoted = text:gsub("[%c]", " "):gsub('[\\"]', "\\%0")
  return '"' .. quoted .. '"'
end

-- ------------------------------------------------------------- what is no plain text

-- Typst reads the picture from what the template is given, by its name.
local function picture(image)
  local size = image.attributes.width
  local width = size and tonumber(size:match("^[%d.]+"))
  return pandoc.RawInline(
    TYPST,
    string.format(
      "#picture(%s, alt: %s, width: %s);",
      literal(image.src),
      literal(pandoc.utils.stringify(image.caption)),
      width and string.format("%.2fpt", width * 0.75) or "auto"
    )
  )
end

local function quoted(inline)
  local double = inline.quotetype == "DoubleQuote"
  inline.content:insert(1, pandoc.Str(double and "“" or "‘"))
  inline.content:insert(pandoc.Str(double and "”" or "’"))
  return inline.content
end

local function link(inline)
  if LINKS[inline.target:match("^%a+:")] then
    inline.content:insert(1, pandoc.RawInline(TYPST, "#link(" .. literal(inline.target) .. ")["))
    inline.content:insert(pandoc.RawInline(TYPST, "];"))
  end
  return inline.content
end

local function as_text(inline)
  return pandoc.Str(inline.text)
end

local function unwrapped(element)
  return element.content
end

-- ---------------------------------------------------------------------------- text

-- Texts that stand together, as one literal.
local function joined(inlines)
  local written, words = pandoc.List(), pandoc.List()
  local function finish()
    if #words > 0 then
      written:insert(pandoc.RawInline(TYPST, "#" .. literal(table.concat(words)) .. ";"))
      words = pandoc.List()
    end
  end
  for _, inline in ipairs(inlines) do
    local tag = inline.tag
    if tag == "Str" then
      words:insert(inline.text)
    elseif tag == "Space" or tag == "SoftBreak" then
      words:insert(" ")
    else
      finish()
      written:insert(inline)
    end
  end
  finish()
  return written
end

-- Text whose lines stay as they are.
local function lines(block)
  local written = pandoc.List()
  for line in (block.text .. "\n"):gmatch("(.-)\n") do
    written:insert({ pandoc.RawInline(TYPST, "#" .. literal(line) .. ";") })
  end
  return pandoc.LineBlock(written)
end

-- -------------------------------------------------------------------------- tables

-- What a cell holds. Mostly it is a text alone, for which pandoc's writer need not be started.
local function content(blocks)
  local written = pandoc.List()
  if #blocks == 1 and blocks[1].tag == "Plain" then
    for _, inline in ipairs(blocks[1].content) do
      written:insert(inline.tag == "RawInline" and inline.text or nil)
    end
  end
  if #blocks == 0 or #written > 0 and #written == #blocks[1].content then
    return "[" .. table.concat(written) .. "]"
  end
  return "[" .. pandoc.write(pandoc.Pandoc(blocks), { format = TYPST }, { wrap_text = "none" }):gsub("%s+$", "") .. "]"
end

-- A figure that is wider than most columns may be made smaller; its words cannot be broken.
local function fitted(written)
  return (written:gsub('^%[#("[%d,.+%-]+");%]$', function(figure)
    return #figure > WIDE and "[#fit(" .. figure .. ");]" or nil
  end))
end

local function arguments(cell)
  local given = pandoc.List()
  if cell.row_span > 1 then
    given:insert("rowspan: " .. cell.row_span)
  end
  if cell.col_span > 1 then
    given:insert("colspan: " .. cell.col_span)
  end
  local align = ({ AlignLeft = "left", AlignRight = "right", AlignCenter = "center" })[cell.alignment]
  if align then
    given:insert("align: " .. align)
  end
  return table.concat(given, ", ")
end

-- What the cell is, by what it says that it heads.
local function kind(cell, in_head)
  local scope = cell.attributes.scope
  if in_head then
    return HEAD
  end
  return (scope == "row" or scope == "rowgroup") and STUB or DATA
end

-- Whether a row of a body heads what is below it: it heads a column, or names the group of all rows.
local function is_head(row, columns)
  for _, cell in ipairs(row.cells) do
    local scope = cell.attributes.scope
    if scope == "col" or scope == "colgroup" or (scope == "rowgroup" and cell.col_span >= columns) then
      return true
    end
  end
  return false
end

local function widths(colspecs)
  local written = pandoc.List()
  for _, spec in ipairs(colspecs) do
    local width = spec[2]
    written:insert(width and string.format("%.4f%%", width * 100) or "auto")
  end
  return "(" .. table.concat(written, ", ") .. ",)"
end

-- The caption as a literal, which its texts are already.
local function summary(blocks)
  local said = pandoc.List()
  pandoc.Pandoc(blocks):walk({
    RawInline = function(inline)
      said:insert(inline.text:match('^#"(.*)";$'))
    end,
  })
  return '"' .. table.concat(said) .. '"'
end

local function written_table(element)
  local columns = #element.colspecs
  local letters, lines = pandoc.List(), pandoc.List()

  local function cells(row, in_head)
    local written = pandoc.List()
    for _, cell in ipairs(row.cells) do
      local name = kind(cell, in_head)
      letters:insert(LETTERS[name])
      written:insert(string.format("%s(%s)%s", name, arguments(cell), fitted(content(cell.contents))))
    end
    return table.concat(written, ", ")
  end

  local function rows(list, in_head)
    if #list == 0 then
      return
    end
    local written = pandoc.List()
    for _, row in ipairs(list) do
      if #row.cells > 0 then
        written:insert("  " .. cells(row, in_head))
      end
    end
    local joined = table.concat(written, ",\n")
    lines:insert(in_head and "  table.header(repeat: true,\n" .. joined .. ")" or joined)
  end

  rows(element.head.rows, true)
  for _, body in ipairs(element.bodies) do
    local heads, others = pandoc.List(), pandoc.List()
    heads:extend(body.head)
    for _, row in ipairs(body.body) do
      if #others == 0 and is_head(row, columns) then
        heads:insert(row)
      else
        others:insert(row)
      end
    end
    rows(heads, true)
    rows(others, false)
  end
  rows(element.foot.rows, false)

  return pandoc.RawBlock(
    TYPST,
    string.format(
      "// cells %s %s\n#statutory(columns: %s,\n%s)",
      table.concat(letters),
      summary(element.caption.long),
      widths(element.colspecs),
      table.concat(lines, ",\n")
    )
  )
end

-- ------------------------------------------------------------- headings and figures

local deepest = 0

-- A heading is one level below the one before it at most: PDF/UA allows no gap. (Pandoc's own writer ends it where
-- its first line ends.)
local function written_heading(header)
  deepest = math.min(header.level, deepest + 1)
  header.content:insert(1, pandoc.RawInline(TYPST, "#heading(level: " .. deepest .. ")["))
  header.content:insert(pandoc.RawInline(TYPST, "];"))
  return pandoc.Plain(header.content)
end

local function written_figure(figure)
  local blocks = pandoc.List({ pandoc.RawBlock(TYPST, "#figure-with-caption[") })
  blocks:extend(figure.content)
  blocks:insert(pandoc.RawBlock(TYPST, "]["))
  blocks:extend(figure.caption.long)
  blocks:insert(pandoc.RawBlock(TYPST, "]"))
  return blocks
end

-- First what stands in a line, then lines, then blocks: pandoc goes by the kinds of elements.
return {
  {
    RawInline = as_text,
    Math = as_text,
    Code = as_text,
    Quoted = quoted,
    Span = unwrapped,
    Cite = unwrapped,
    Link = link,
    Image = picture,
    Inlines = joined,
    RawBlock = lines,
    CodeBlock = lines,
    Div = unwrapped,
    Header = written_heading,
    Table = written_table,
    Figure = written_figure,
  },
}
